-- expect: AC
import qualified Data.ByteString.Char8 as B
import Data.List (sort)
import qualified Data.Map.Strict as M

main :: IO ()
main = do
  text <- B.getContents
  let first : ws = B.words text
      counts = M.toList (M.fromListWith (+) [(w, 1 :: Int) | w <- ws])
      order = sort [(negate n, w) | (w, n) <- counts]
  mapM_ (\(n, w) -> B.putStrLn (B.concat [w, B.pack (' ' : show (negate n))])) (take (read (B.unpack first)) order)
