-- expect: AC
local low, high = 1, tonumber(io.read("l"))
io.stdout:setvbuf("no")
while true do
  local middle = (low + high) // 2
  print(middle)
  local answer = io.read("l")
  if answer == "correct" then break end
  if answer == "higher" then low = middle + 1 else high = middle - 1 end
end
