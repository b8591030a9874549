// Tells what the package `roomcast` has: its exports, and the public members of each class among them.
import * as library from 'roomcast';

const told = {};
for (const [name, value] of Object.entries(library)) {
  const isClass = value.prototype !== undefined && String(value).startsWith('class');
  told[name] = isClass ? [...new Set([
    ...Object.getOwnPropertyNames(value).filter((member) => !['length', 'name', 'prototype'].includes(member)),
    ...Object.getOwnPropertyNames(value.prototype),
    ...(value.prototype instanceof Error ? Object.keys(new value('code', 'text')).filter((key) => key !== 'name') : []),
  ])].sort() : [];
}
console.log(JSON.stringify(told));
