-- What contest programs do, and what hostile ones try; ../README.md has the list. For Lua 5.1 to 5.4.
local seed = 42
local function following()
  seed = seed * 48271 % 2147483647
  return seed
end

local function whole(n) return string.format("%d", n) end
local function deep(n) if n == 0 then return 0 end return 1 + deep(n - 1) end

local topics = {
  input = function()
    local n = io.read("*n")
    local sum, max = 0, 0
    for _ = 1, n do
      local v = io.read("*n")
      sum = sum + v
      if v > max then max = v end
    end
    print(whole(n), whole(sum), whole(max))
  end,
  recursion = function() print(whole(deep(100000))) end,
  threads = function()
    local total, all = 0, {}
    for i = 0, 3 do
      all[#all + 1] = coroutine.create(function()
        for k = 1, 10000 do
          total = total + k * i
          if k % 1000 == 0 then coroutine.yield() end
        end
      end)
    end
    local alive = true
    while alive do
      alive = false
      for _, c in ipairs(all) do
        if coroutine.status(c) ~= "dead" then coroutine.resume(c); alive = true end
      end
    end
    print(whole(total))
  end,
  exceptions = function()
    local count = 0
    for i = 1, 1000 do
      if not pcall(function() if i % 2 == 0 then error("thrown") else return nil .. i end end) then count = count + 1 end
    end
    print(whole(count))
  end,
  regex = function()
    local count, digits = 0, 0
    for d in string.rep("a1 b22 c333 d4444 ", 100):gmatch("%l(%d+)") do
      count, digits = count + 1, digits + #d
    end
    print(whole(count), whole(digits))
  end,
  bignum = function()
    local d, sum = { 1 }, 0
    for _ = 1, 1000 do
      local carry = 0
      for j = 1, #d do
        carry = carry + 2 * d[j]
        d[j] = carry % 10
        carry = math.floor(carry / 10)
      end
      if carry > 0 then d[#d + 1] = carry end
    end
    for _, x in ipairs(d) do sum = sum + x end
    print(whole(sum))
  end,
  timing = function()
    local begin = os.clock()
    while os.clock() - begin < 0.02 do end
    print(os.clock() - begin < 60 and os.time() > 0 and os.date("%Y") and "ok" or "wrong")
  end,
  random = function()
    math.randomseed(os.time())
    local seen, count = {}, 0
    for _ = 1, 1000 do
      local v = math.random(0, 99)
      if not seen[v] then seen[v] = true; count = count + 1 end
    end
    print(count > 50 and "ok" or "wrong")
  end,
  sort = function()
    local v = {}
    for i = 1, 100000 do v[i] = following() end
    table.sort(v)
    print(whole(v[1]), whole(v[50001]), whole(v[100000]))
  end,
  hash = function()
    local count, keys, most = {}, 0, 0
    for _ = 1, 100000 do
      local k = following() % 1000
      if not count[k] then count[k] = 0; keys = keys + 1 end
      count[k] = count[k] + 1
      if count[k] > most then most = count[k] end
    end
    print(whole(keys), whole(most))
  end,
  output = function()
    for i = 1, 20000 do
      io.write(whole(i), "\n")
      if i % 1000 == 0 then io.flush() end
    end
  end,
  shell = function() print(os.execute("echo escaped") and "made it" or "refused") end,
}
topics[arg[1]]()
