// Unix sockets: a threaded server, pairs, datagrams, time limits, and what a program without a network is told.
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::os::unix::net::{UnixDatagram, UnixListener, UnixStream};
use std::thread;
use std::time::Duration;

fn main() -> std::io::Result<()> {
    let path = format!("/tmp/corpus-{}.sock", std::process::id());
    let listener = UnixListener::bind(&path)?;
    let server = thread::spawn(move || {
        let threads: Vec<_> = listener.incoming().take(20).map(|stream| {
            let mut stream = stream.unwrap();
            thread::spawn(move || {
                let reader = BufReader::new(stream.try_clone().unwrap());
                for line in reader.lines() { writeln!(stream, "<{}>", line.unwrap()).unwrap(); }
            })
        }).collect();
        threads.into_iter().map(|t| t.join().unwrap()).count()
    });
    thread::scope(|scope| for n in 0..20 {
        let path = &path;
        scope.spawn(move || {
            let mut stream = UnixStream::connect(path).unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            for turn in 0..20 {
                writeln!(stream, "klient ž {n} {turn}").unwrap();
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                assert_eq!(line, format!("<klient ž {n} {turn}>\n"));
            }
        });
    });
    println!("clients {}", server.join().unwrap());
    std::fs::remove_file(&path)?;
    let (mut one, mut two) = UnixStream::pair()?;
    let sender = thread::spawn(move || one.write_all(&vec![7; 1_000_000]));
    let mut all = Vec::new();
    two.read_to_end(&mut all)?;
    sender.join().unwrap()?;
    assert!(all.iter().all(|&b| b == 7));
    println!("pair {}", all.len());
    let (one, two) = UnixDatagram::pair()?;
    one.send(b"datagram")?;
    let mut buffer = [0; 100];
    let n = two.recv(&mut buffer)?;
    println!("{}", String::from_utf8_lossy(&buffer[..n]));
    two.set_read_timeout(Some(Duration::from_millis(3)))?;
    println!("timeout {:?}", two.recv(&mut buffer).unwrap_err().kind());
    two.set_nonblocking(true)?;
    assert_eq!(two.recv(&mut buffer).unwrap_err().kind(), ErrorKind::WouldBlock);
    println!("no network {}", TcpStream::connect("127.0.0.1:9").is_err());
    println!("unknown name {}", "no.such.name.invalid:1".to_socket_addrs().is_err());
    Ok(())
}
