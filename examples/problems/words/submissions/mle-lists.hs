-- expect: MLE
main :: IO ()
main = do
  let numbers = [1 ..] :: [Integer]
  print (sum (take 50000000 numbers))
  print (length (take 50000000 numbers))
