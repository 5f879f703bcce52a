-- expect: CE
main :: IO ()
main = putStrLn (1 + "word")
