-- Coroutines, garbage with finalizers and weak tables, closures, errors, metatables, sorting, strings.
local function permute(list, n) if n == 0 then coroutine.yield(list) end for i = 1, n do list[n], list[i] = list[i], list[n]; permute(list, n - 1); list[n], list[i] = list[i], list[n] end end
local count = 0
for _ in coroutine.wrap(function() permute({1, 2, 3, 4, 5, 6, 7}, 7) end) do count = count + 1 end
print("permutations", count)
local tasks, log = {}, 0
for n = 1, 1000 do tasks[n] = coroutine.create(function() for i = 1, 20 do log = log + n; coroutine.yield() end end) end
while #tasks > 0 do for i = #tasks, 1, -1 do coroutine.resume(tasks[i]); if coroutine.status(tasks[i]) == "dead" then table.remove(tasks, i) end end end
print("tasks", log)
local gone = 0
for n = 1, 20000 do local node = setmetatable({}, {__gc = function() gone = gone + 1 end}); node.self = node end
collectgarbage(); collectgarbage(); print("gone", gone)
local weak = setmetatable({}, {__mode = "k"}); for n = 1, 1000 do weak[{}] = n end
local kept = {}; weak[kept] = 1; collectgarbage(); local left = 0; for _ in pairs(weak) do left = left + 1 end; print("weak", left)
collectgarbage("generational"); local function tree(d) if d == 0 then return {} end return {tree(d - 1), tree(d - 1)} end
local function size(t) return 1 + (t[1] and size(t[1]) + size(t[2]) or 0) end
local nodes = 0; for _ = 1, 10 do nodes = nodes + size(tree(13)) end; print("nodes", nodes)
for n = 1, 30 do local block = string.rep(string.char(64 + n % 26), 8 << 20); assert(#block == 8 << 20) end
local numbers, state = {}, 1; for n = 1, 100000 do state = state * 48271 % 2147483647; numbers[n] = state end
table.sort(numbers); for n = 2, #numbers do assert(numbers[n - 1] <= numbers[n]) end; print("sorted", numbers[1])
local good, message = pcall(function() error({code = 7}) end); assert(not good); print("caught", message.code, select(2, pcall(error, "text", 0)))
print("stack", (pcall(function() local function f() return 1 + f() end return f() end)))
do local closed <close> = setmetatable({}, {__close = function() print("closed") end}) end
print(("2024-05 and 1999-12"):gsub("(%d+)-(%d+)", "%2/%1"), #"žluť", utf8.len("žluť"), utf8.char(0x1f389))
print(math.maxinteger + 1 == math.mininteger, 7 // 2, -7 % 3, 2^53, 0x10p2, string.format("%5.2f|%q|%x", 3.14159, "a\nb", 255))
print(load("return 6 * 7")(), string.unpack("<i4", string.pack("<i4", -5)), table.concat({1, 2, 3}, ","), select("#", table.unpack({}, 1, 200)))
