-- io and os: temporary files, popen, execute, rename, positions, lines, environment, clocks.
local name = os.tmpname(); local file = assert(io.open(name, "w+b"))
for n = 1, 50000 do file:write("line ", n, "\n") end
file:seek("set", 0); local count = 0; for _ in file:lines() do count = count + 1 end; print("lines", count, file:seek("end"))
file:seek("set", 5); print(file:read("n"), file:read("l") == "", file:read(4)); file:close()
assert(os.rename(name, name .. ".ž")); assert(not io.open(name)); assert(os.remove(name .. ".ž")); print(select(3, os.remove(name)))
local pipe = io.popen("seq 1000 | grep 7 | wc -l"); print("pipe", pipe:read("n"), pipe:close())
local out = io.popen("sort -n", "w"); for _, n in ipairs{3, 1, 2} do out:write(n, "\n") end; io.stdout:flush(); out:close()
print("exit", os.execute("exit 3")); print("killed", os.execute("kill -9 $$"))
local pipes = {}; for n = 1, 20 do pipes[n] = io.popen("echo " .. n) end; local sum = 0; for n = 1, 20 do sum = sum + pipes[n]:read("n"); pipes[n]:close() end; print("pipes", sum)
local temporary = io.tmpfile(); temporary:setvbuf("full", 1024); temporary:write(("x"):rep(1 << 20)); temporary:seek("set"); print("temporary", #temporary:read("a"))
print(os.date("!%Y-%m-%d %H:%M:%S", 1700000000), os.time{year = 2024, month = 2, day = 29, hour = 12} > 0, os.clock() >= 0, os.getenv("PATH") ~= nil, os.setlocale("C"))
