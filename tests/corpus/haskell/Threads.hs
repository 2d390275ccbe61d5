-- Light threads, MVars, STM, exceptions between threads, timeouts, parallel sums, laziness, big integers, maps.
import Control.Concurrent
import Control.Concurrent.STM
import Control.Exception
import Control.Monad
import Data.Bits
import Data.IORef
import Data.List (foldl', sort)
import qualified Data.Map.Strict as Map
import System.Mem (performGC)
import System.Timeout (timeout)

main :: IO ()
main = do
  total <- newTVarIO (0 :: Int)
  dones <- forM [1 .. 1000] $ \n -> do { done <- newEmptyMVar; _ <- forkIO (atomically (modifyTVar' total (+ n)) >> putMVar done ()); return done }
  mapM_ takeMVar dones
  readTVarIO total >>= \n -> putStrLn ("stm " ++ show n)
  queue <- newTBQueueIO 4
  answer <- newEmptyMVar
  _ <- forkIO $ let go s = atomically (readTBQueue queue) >>= maybe (putMVar answer s) (\n -> go $! s + n * n) in go (0 :: Int)
  forM_ [1 .. 1000] (atomically . writeTBQueue queue . Just) >> atomically (writeTBQueue queue Nothing)
  takeMVar answer >>= \n -> putStrLn ("queue " ++ show n)
  bound <- newEmptyMVar
  when rtsSupportsBoundThreads $ forM_ [1 .. 8 :: Int] $ \n -> forkOS (threadDelay 1000 >> putMVar bound n)
  ns <- replicateM 8 (takeMVar bound)
  putStrLn ("bound " ++ show (sum ns))
  timeout 5000 (threadDelay 60000000) >>= print
  victim <- newEmptyMVar
  thread <- forkIO ((threadDelay 60000000) `catch` \e -> putMVar victim (show (e :: AsyncException)))
  threadDelay 1000 >> killThread thread >> takeMVar victim >>= putStrLn
  stuck <- try (newEmptyMVar >>= takeMVar) :: IO (Either BlockedIndefinitelyOnMVar ())
  print stuck
  r <- try (evaluate (1 `div` (0 :: Int)))
  print (r :: Either ArithException Int)
  print (length (show (product [1 .. 2000 :: Integer])), sum (map fromEnum (show (product [1 .. 2000 :: Integer]))) - 48 * 5736)
  let fibs = 0 : 1 : zipWith (+) fibs (tail fibs) :: [Integer]
  print (fibs !! 1000 `mod` 1000000007, popCount (fibs !! 1000))
  let xs = take 100000 (iterate (\n -> n * 48271 `mod` 2147483647) 1) :: [Int]
  print (sum (zipWith (*) (cycle [1, -1]) (sort xs)) /= 0, Map.size (Map.fromListWith (+) [(x `mod` 997, 1 :: Int) | x <- xs]))
  ref <- newIORef (0 :: Int)
  forM_ [1 .. 20 :: Int] $ \n -> modifyIORef' ref (+ length (show (foldl' (flip (:)) [] [1 .. 20000 + n]))) >> performGC
  readIORef ref >>= print . (> 0)
