-- expect: AC
local k = io.read("n")
local counts, order = {}, {}
for word in io.read("a"):gmatch("%a+") do
  if not counts[word] then order[#order + 1] = word end
  counts[word] = (counts[word] or 0) + 1
end
table.sort(order, function(a, b)
  if counts[a] ~= counts[b] then return counts[a] > counts[b] end
  return a < b
end)
for i = 1, math.min(k, #order) do print(order[i] .. " " .. counts[order[i]]) end
