-- Files, handles, processes, unix sockets of a pair, signals, text that is not ASCII, environment.
import Control.Concurrent
import Control.Exception
import Control.Monad
import qualified Data.ByteString.Char8 as B
import Data.Char (toUpper)
import System.Directory
import System.Environment
import System.Exit
import System.IO
import System.Posix.Files
import System.Posix.IO
import System.Posix.Process
import System.Posix.Signals
import System.Process hiding (createPipe)

main :: IO ()
main = do
  hSetBuffering stdout LineBuffering >> hSetEncoding stdout utf8
  temporary <- getTemporaryDirectory
  let root = temporary ++ "/corpus-haskell"
  createDirectoryIfMissing True (root ++ "/a/b")
  withCurrentDirectory root $ do
    forM_ [0 .. 99 :: Int] $ \n -> writeFile (show n ++ ".txt") (replicate n 'x')
    renameFile "7.txt" "a/ž日本" >> createLink "8.txt" "hard" >> createSymbolicLink "8.txt" "soft"
    setFileMode "hard" 0o600 >> setFileTimes "hard" 1000 2000
    status <- getFileStatus "soft"
    print (linkCount status, fileSize status, modificationTime status)
    names <- listDirectory "."
    print (length names)
    listDirectory "a" >>= mapM_ putStrLn . filter (/= "b")
    missing <- try (readFile "missing" >>= evaluate . length) :: IO (Either IOException Int)
    putStrLn (either (const "missing") show missing)
    B.writeFile "big" (B.replicate 4000000 'y')
    withFile "big" ReadWriteMode $ \h -> hSeek h AbsoluteSeek 5000 >> B.hPut h (B.pack "positioned") >> hSeek h AbsoluteSeek 5000 >> B.hGet h 10 >>= B.putStrLn
  removeDirectoryRecursive root
  readProcess "sort" ["-n"] "3\n1\n2\n" >>= putStr
  readCreateProcess (shell "seq 1000 | grep 7 | wc -l") "" >>= putStr
  (code, out, err) <- readProcessWithExitCode "sh" ["-c", "echo out; echo err >&2; exit 3"] ""
  print (code, out, err)
  handle <- spawnProcess "sleep" ["60"]
  terminateProcess handle >> waitForProcess handle >>= print
  codes <- forM [1 .. 10 :: Int] (\n -> spawnCommand ("exit " ++ show n)) >>= mapM waitForProcess
  print (sum [n | ExitFailure n <- codes])
  seen <- newEmptyMVar
  _ <- installHandler sigUSR1 (Catch (putMVar seen "signal")) Nothing
  raiseSignal sigUSR1 >> takeMVar seen >>= putStrLn
  (readEnd, writeEnd) <- createPipe
  pid <- forkProcess (void (fdWrite writeEnd "from a child") >> exitWith (ExitFailure 4))
  getProcessStatus True False pid >>= print
  fdRead readEnd 100 >>= print
  setEnv "COLOUR" "modrá" >> getEnv "COLOUR" >>= putStrLn . map toUpper
