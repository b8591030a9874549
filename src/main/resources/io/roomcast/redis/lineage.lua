-- Decides whether the data of this server are those that the nodes have seen, or older ones. It is the first command on
-- each connection, and every node calls it once a second. Returns { state, lineage, birth, ... }:
--
--   open      The data may be used. A room whose numbering has a lower lineage than this one begins a new epoch. The
--             number of starts and the run follow, and 'marked' if the mark was written.
--   vouch     The data belong to another run of Redis than this node knows, or are older than it knows them. The mark
--             of this node in the data follows. The node has to check the rooms that it has seen change since that
--             mark, and then to call with 'vouch'; or with 'anew' if it does not remember so much.
--   wait      Other nodes have not vouched yet. Their names follow.
--   foreign   Nodes of another version are serving. Their version and names follow.
--
-- Each node writes a mark, which only grows, and remembers it. Whatever Redis keeps (an append-only file, a snapshot,
-- the data of a replica) is a prefix of what it was told: data with a mark contain everything that came before the
-- mark. So a node has to check only what it has seen since. It cannot know what was seen by a node that started later,
-- and has perhaps stopped: so data that know of fewer starts than this node are never vouched for. In another run of
-- Redis, every node that was serving at the end of the data is waited for before any node may write. If one does not
-- come in time, or if there was none, nobody knows what is missing, and a new lineage begins. The same holds if no node
-- is left and the replication history is another one. Data that were begun in this very run contain nothing older: if
-- they differ from those that a node of this run knows, Redis was emptied, and none of their rooms can be mistaken for
-- an earlier one.
--
-- A run is a run of the process and of the data that it has taken from another server: these may be older, although no
-- process was restarted.
--
-- A lineage is the time at which it began, or 0. So it is higher than that of any room that comes from another server
-- of a Cluster.
--
-- KEYS[1]  a hash with lineage, birth (the name of the data), born (the run in which they were begun), run (the run of
--          Redis that is vouched for), history (of replication), starts (how many nodes have ever started), pending (a
--          run that is not vouched for yet) and since (when that began, in ms); and for each node n:NODE (its mark, the
--          time of the mark, its version) and v:NODE (the run that it has vouched for)
-- ARGV[1]  node; each start of a node has another name
-- ARGV[2]  the last mark that this node knows to be written; 0 for none
-- ARGV[3]  its next mark
-- ARGV[4]  the lineage that it knows
-- ARGV[5]  'look', 'vouch', 'anew' or 'end'
-- ARGV[6]  version of the protocol between nodes
-- ARGV[7]  time in ms after which a node without a mark counts as stopped
-- ARGV[8]  time in ms to wait for other nodes
-- ARGV[9]  the birth that this node knows; '' for none
-- ARGV[10] the number of starts that it knows
-- ARGV[11] the run in which it last saw the data; '' for none

local node, known = ARGV[1], tonumber(ARGV[2])
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local REMEMBERED_MS = 86400000

local function text(number)
    return string.format('%.0f', number)
end

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
local lineage, starts = tonumber(life.lineage or 0), tonumber(life.starts or 0)

if ARGV[5] == 'end' then
    -- The data contain everything that the node said before this mark.
    redis.call('HDEL', KEYS[1], 'n:' .. node, 'v:' .. node)
    return { 'open', text(lineage), '', text(starts) }
end

local function serving(suits)
    local found = {}
    for name, other in pairs(nodes) do
        if name ~= node and other.at > now - tonumber(ARGV[7]) and suits(other) then
            found[#found + 1] = name
        end
    end
    return found
end

local server, replication = redis.pcall('INFO', 'server'), redis.pcall('INFO', 'replication')
if type(server) == 'table' or type(replication) == 'table' then
    return { err = 'NOPERM Redis refuses INFO, without which older data are not found out' }
end
local run, history = string.match(server, 'run_id:(%w+)'), string.match(replication, 'master_replid:(%w+)')
if not string.find(replication, 'master_replid2:0+%s') then
    run = run .. ':' .. history
elseif life.run and string.sub(life.run, 1, #run + 1) == run .. ':' then
    run = life.run -- Without a replica for an hour, Redis forgets where it took its data from.
end
local mine = nodes[node]
local mark = mine and mine.mark or 0
local nobodyKnows = ARGV[5] == 'anew'

if known == 0 then
    local others = serving(function(other) return other.version ~= ARGV[6] end)
    if #others > 0 then
        return { 'foreign', text(lineage), '', nodes[others[1]].version, unpack(others) }
    end
    if life.run == run and life.history and life.history ~= history then
        -- Each call of a node that knows the data stores the history.
        others = serving(function() return true end)
        if #others > 0 then
            return { 'wait', text(lineage), '', unpack(others) }
        end
        nobodyKnows = true
    end
    -- There may be rooms nevertheless: in a Cluster they come from other servers.
    if not life.birth and not string.find(server, 'redis_mode:cluster', 1, true) then
        nobodyKnows = true
    end
end

if not life.birth then
    life.birth, life.born = node .. ':' .. ARGV[3], run
end
local another = life.run and life.run ~= run
local emptied = life.birth ~= ARGV[9] and life.born == run and ARGV[11] == run
-- Another node that missed its mark has begun a lineage already: nothing is left to vouch for.
local toldAlready = lineage > tonumber(ARGV[4])
local unknownStarts = starts < tonumber(ARGV[10]) and not emptied
local older = (mark < known or unknownStarts) and not emptied and not toldAlready
-- Other nodes may have vouched and write already. This node has to compare all the same: until now it may have used
-- another server.
local elsewhere = ARGV[11] ~= '' and ARGV[11] ~= run and not emptied and not toldAlready
if known > 0 and ARGV[5] == 'look' and (older or (another or elsewhere) and life['v:' .. node] ~= run) then
    return { 'vouch', text(lineage), life.birth, unknownStarts and '0' or text(mark) }
end

if another and not nobodyKnows then
    if life.pending ~= run then
        redis.call('HSET', KEYS[1], 'pending', run, 'since', text(now))
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
        return { 'wait', text(lineage), '', unpack(waitedFor) }
    end
    nobodyKnows = witnesses == 0 or #waitedFor > 0
end

lineage = math.max(lineage, tonumber(ARGV[4]))
if nobodyKnows then
    lineage = math.max(lineage + 1, now)
end
starts = starts + (mine and 0 or 1)
local marked = redis.pcall('HSET', KEYS[1], 'lineage', text(lineage), 'run', run, 'history', history, 'starts', text(starts),
    'birth', life.birth, 'born', life.born, 'n:' .. node, text(math.max(mark, tonumber(ARGV[3]))) .. ' ' .. text(now) .. ' ' .. ARGV[6])
if type(marked) == 'table' and marked.err then
    if nobodyKnows or mark < known or life.run ~= run or string.find(marked.err, '^READONLY') then
        return marked
    end
    return { 'open', text(lineage), life.birth, text(starts), run } -- A full Redis can still be read.
end
for name, other in pairs(nodes) do
    if name ~= node and other.at < now - REMEMBERED_MS then
        redis.call('HDEL', KEYS[1], 'n:' .. name, 'v:' .. name)
    end
end
return { 'open', text(lineage), life.birth, text(starts), run, 'marked' }
