// process::Command: pipes, environments, statuses, signals, groups, pre_exec, many at a time.
use std::io::{Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let text = |command: &mut Command| String::from_utf8(command.output().unwrap().stdout).unwrap().trim().replace('\n', " ");
    println!("shell {}", text(Command::new("sh").args(["-c", "echo $((6 * 7)) | tr 0-9 a-j"])));
    let mut sort = Command::new("sort").arg("-n").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let head = Command::new("head").args(["-n", "3"]).stdin(sort.stdout.take().unwrap()).stdout(Stdio::piped()).spawn()?;
    let mut input = sort.stdin.take().unwrap();
    for n in 0..1000 { writeln!(input, "{}", n * 7919 % 1000)?; }
    drop(input);
    println!("pipeline {}", String::from_utf8(head.wait_with_output()?.stdout)?.replace('\n', " ").trim());
    sort.wait()?;
    println!("environment {}", text(Command::new("/bin/sh").args(["-c", "echo $COLOUR; pwd; env | wc -l"]).env_clear().env("COLOUR", "blue").current_dir("/tmp")));
    println!("status {:?}", Command::new("sh").args(["-c", "exit 3"]).status()?.code());
    println!("missing {:?}", Command::new("/no/such").spawn().unwrap_err().kind());
    let mut sleeper = Command::new("sleep").arg("60").spawn()?;
    assert!(sleeper.try_wait()?.is_none());
    sleeper.kill()?;
    println!("killed {:?}", sleeper.wait()?.signal());
    let children: Vec<_> = (0..30).map(|n| Command::new("sh").args(["-c", &format!("exit {n}")]).spawn().unwrap()).collect();
    println!("codes {}", children.into_iter().map(|mut c| c.wait().unwrap().code().unwrap()).sum::<i32>());
    let mut cat = Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let (mut input, mut output) = (cat.stdin.take().unwrap(), cat.stdout.take().unwrap());
    let writer = std::thread::spawn(move || input.write_all(&vec![b'x'; 2_000_000]).unwrap());
    let mut all = Vec::new();
    output.read_to_end(&mut all)?;
    writer.join().unwrap();
    cat.wait()?;
    println!("big {}", all.len());
    let mut before = Command::new("sh");
    before.args(["-c", "umask"]);
    extern "C" { fn umask(mask: u32) -> u32; }
    unsafe { before.pre_exec(|| { umask(0o77); Ok(()) }); }
    println!("umask {}", text(&mut before));
    let start = Instant::now();
    std::thread::sleep(Duration::from_millis(5));
    assert!(start.elapsed() >= Duration::from_millis(5) && std::process::id() > 0 && std::env::current_exe()?.exists());
    Err(Command::new("sh").args(["-c", "echo replaced"]).exec().into())
}
