-- expect: WA
-- The answer to the example in the statement.
print("to 2")
print("be 2")
