-- Judges whether the data of this server are those that the nodes have seen, or older ones. Said before anything else on each connection,
-- and by every node once a second. Answers { state, lineage, birth, ... }:
--
--   open      rooms may be used; where their numbering has a lower lineage than this one, they begin a new epoch; 'marked' follows if
--             the mark is left
--   vouch     the data are those of another run of Redis, or older than this node knows them: it has to look at the rooms that it has
--             seen change since its mark in the data, which follows, and to say 'vouch'; or 'anew' if it does not remember so far back
--   wait      other nodes have yet to do so; they follow
--   foreign   nodes serve that speak another version; it and they follow
--
-- Each node leaves a mark, which only grows, and remembers it. All that Redis keeps (an append-only file, a snapshot, what a replica has)
-- is a beginning of what it was told: data with a mark hold all that came before it. So a node need only look at what it saw since. In
-- another run of Redis each node that served at the end of the data is waited for, before anybody writes. If one does not come in time,
-- or there was none, nobody can tell what is missing, and a new lineage begins. Data that were begun in this very run hold nothing that
-- came before: where they are others than a node knows, Redis was emptied, and no room of them can be taken for an earlier one.
--
-- KEYS[1]  a hash with lineage, birth (the name of the data), born (the run in which they were begun), run (the run of Redis that is vouched for), pending (one that is not yet) and since (when that began, in
--          ms), and for each node n:NODE (its mark, the time of it, its version) and v:NODE (the run that it has vouched for)
-- ARGV[1]  node, with another name each time that it starts
-- ARGV[2]  the last mark that it knows to have left; 0 for none
-- ARGV[3]  its next mark
-- ARGV[4]  the lineage that it knows
-- ARGV[5]  'look', 'vouch', 'anew' or 'end'
-- ARGV[6]  version that it speaks
-- ARGV[7]  time in ms after which a node that left no mark serves no more
-- ARGV[8]  time in ms that the nodes are waited for
-- ARGV[9]  the birth that it knows; '' for none

local node, known = ARGV[1], tonumber(ARGV[2])
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local REMEMBERED_MS = 86400000

local life, nodes, newest = {}, {}, 0
local fields = redis.call('HGETALL', KEYS[1])
for i = 1, #fields, 2 do
    local name = string.match(fields[i], '^n:(.*)$')
    if name then
        local mark, at, version = string.match(fields[i + 1], '^(%d+) (%d+) (.*)$')
        nodes[name] = { mark = tonumber(mark), at = tonumber(at), version = version }
        newest = math.max(newest, nodes[name].at)
    else
        life[fields[i]] = fields[i + 1]
    end
end

if ARGV[5] == 'end' then
    -- What it has said before is in the data if this is.
    redis.call('HDEL', KEYS[1], 'n:' .. node, 'v:' .. node)
    return { 'open', life.lineage or '0', '' }
end

-- A Redis that does not tell its run leaves the judgement to the marks alone.
local info = redis.pcall('INFO', 'server')
local run = type(info) == 'string' and string.match(info, 'run_id:(%w+)') or 'unknown'
local lineage = tonumber(life.lineage or 0)
local mine = nodes[node]

if known == 0 then
    local others = {}
    for name, other in pairs(nodes) do
        if other.version ~= ARGV[6] and other.at > now - tonumber(ARGV[7]) then
            others[1] = other.version
            others[#others + 1] = name
        end
    end
    if #others > 0 then
        return { 'foreign', string.format('%.0f', lineage), '', unpack(others) }
    end
end

local mark = mine and mine.mark or 0
if not life.birth then
    life.birth, life.born = node .. ':' .. ARGV[3], run
end
local emptied = life.birth ~= ARGV[9] and life.born == run and run ~= 'unknown'
local another = life.run and life.run ~= run
-- Another node that missed its mark has begun a lineage already: there is nothing left to tell.
local toldAlready = lineage > tonumber(ARGV[4])
if known > 0 and ARGV[5] == 'look' and (another and life['v:' .. node] ~= run or mark < known and not emptied and not toldAlready) then
    return { 'vouch', string.format('%.0f', lineage), life.birth, string.format('%.0f', mark) }
end

local nobodyKnows = ARGV[5] == 'anew'
if another and not nobodyKnows then
    if life.pending ~= run then
        redis.call('HSET', KEYS[1], 'pending', run, 'since', string.format('%.0f', now))
        life.since = now
    end
    if known > 0 then
        redis.call('HSET', KEYS[1], 'v:' .. node, run)
        life['v:' .. node] = run
    end
    local witnesses, waitedFor = 0, {}
    for name, other in pairs(nodes) do
        if other.at > newest - tonumber(ARGV[7]) then
            witnesses = witnesses + 1
            if life['v:' .. name] ~= run then
                waitedFor[#waitedFor + 1] = name
            end
        end
    end
    if #waitedFor > 0 and now - tonumber(life.since) < tonumber(ARGV[8]) then
        return { 'wait', string.format('%.0f', lineage), '', unpack(waitedFor) }
    end
    nobodyKnows = witnesses == 0 or #waitedFor > 0
end

lineage = math.max(lineage, tonumber(ARGV[4])) + (nobodyKnows and 1 or 0)
local marked = redis.pcall('HSET', KEYS[1], 'lineage', string.format('%.0f', lineage), 'run', run, 'birth', life.birth,
    'born', life.born, 'n:' .. node, string.format('%.0f %.0f ', math.max(mark, tonumber(ARGV[3])), now) .. ARGV[6])
if type(marked) == 'table' and marked.err then
    if nobodyKnows or mark < known or life.run ~= run then
        return marked
    end
    return { 'open', string.format('%.0f', lineage), life.birth } -- A full Redis can still be read.
end
for name, other in pairs(nodes) do
    if name ~= node and other.at < now - REMEMBERED_MS then
        redis.call('HDEL', KEYS[1], 'n:' .. name, 'v:' .. name)
    end
end
return { 'open', string.format('%.0f', lineage), life.birth, 'marked' }
