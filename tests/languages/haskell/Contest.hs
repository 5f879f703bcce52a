-- What contest programs do, and what hostile ones try; ../README.md has the list.
import Control.Concurrent
import Control.Exception
import Control.Monad
import Data.Char (digitToInt)
import Data.IORef
import Data.List (sort)
import qualified Data.ByteString.Char8 as B
import qualified Data.IntMap.Strict as M
import Data.Maybe (fromJust)
import System.CPUTime (getCPUTime)
import System.Environment (getArgs)
import System.Exit
import System.IO
import System.Process (system)
import Text.Regex.Posix ((=~), getAllTextMatches)
import Data.Time.Clock (getCurrentTime, diffUTCTime)

numbers :: [Int]
numbers = tail (iterate (\s -> s * 48271 `mod` 2147483647) 42)

input, threads, exceptions, regex, timing, random, sorted, hash, output, shell :: IO ()
input = do
  text <- B.getContents
  let n : v = map (fst . fromJust . B.readInt) (B.words text)
  putStrLn (unwords (map show [n, sum v, maximum v]))

deep :: Int -> Int
deep 0 = 0
deep n = 1 + deep (n - 1)
{-# NOINLINE deep #-}

threads = do
  total <- newMVar (0 :: Int)
  done <- newEmptyMVar
  forM_ [0 .. 3] $ \i -> forkOS $ do
    let s = sum [k * i | k <- [1 .. 10000]]
    s `seq` modifyMVar_ total (return . (+ s))
    putMVar done ()
  replicateM_ 4 (takeMVar done)
  readMVar total >>= print

exceptions = do
  count <- newIORef (0 :: Int)
  forM_ [1 .. 1000 :: Int] $ \i ->
    (if even i then void (evaluate (i `div` (i - i))) else throwIO (userError "thrown"))
      `catch` \e -> const (modifyIORef' count (+ 1)) (e :: SomeException)
  readIORef count >>= print

regex = do
  let found = getAllTextMatches (concat (replicate 100 "a1 b22 c333 d4444 ") =~ "[a-z][0-9]+") :: [String]
  putStrLn (show (length found) ++ " " ++ show (sum (map (subtract 1 . length) found)))

ok :: Bool -> IO ()
ok yes = putStrLn (if yes then "ok" else "wrong")

timing = do
  begin <- getCurrentTime
  threadDelay 20000
  end <- getCurrentTime
  cpu <- getCPUTime
  let took = realToFrac (diffUTCTime end begin) :: Double
  ok (took >= 0.019 && took < 60 && cpu >= 0)

random = do
  bytes <- withBinaryFile "/dev/urandom" ReadMode (\h -> B.hGet h 16)
  others <- withBinaryFile "/dev/urandom" ReadMode (\h -> B.hGet h 16)
  ok (bytes /= others)

sorted = do
  let v = sort (take 100000 numbers)
  putStrLn (unwords (map (show . (v !!)) [0, 50000, 99999]))

hash = do
  let count = M.fromListWith (+) [(x `mod` 1000, 1 :: Int) | x <- take 100000 numbers]
  putStrLn (show (M.size count) ++ " " ++ show (maximum (M.elems count)))

output = forM_ [1 .. 20000 :: Int] $ \i -> print i >> when (i `mod` 1000 == 0) (hFlush stdout)

shell = (system "echo escaped" >> putStrLn "made it") `catch` \e -> const (putStrLn "refused") (e :: IOException)

main :: IO ()
main = do
  args <- getArgs
  case args of
    ["input"] -> input
    ["recursion"] -> print (deep 100000)
    ["threads"] -> threads
    ["exceptions"] -> exceptions
    ["regex"] -> regex
    ["bignum"] -> print (sum (map digitToInt (show (2 ^ (1000 :: Int) :: Integer))))
    ["timing"] -> timing
    ["random"] -> random
    ["sort"] -> sorted
    ["hash"] -> hash
    ["output"] -> output
    ["shell"] -> shell
    _ -> exitWith (ExitFailure 2)
