// Threads: scoped and joined, channels, locks, conditions, barriers, atomics, thread locals, panics, parking.
use std::cell::Cell;
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{mpsc, Arc, Barrier, Condvar, Mutex, Once, RwLock};
use std::thread;
use std::time::Duration;

thread_local!(static OWN: Cell<usize> = Cell::new(0));

fn main() {
    let guarded = Arc::new(Mutex::new(0));
    let atomic = Arc::new(AtomicUsize::new(0));
    let threads: Vec<_> = (0..40)
        .map(|n| {
            let (guarded, atomic) = (guarded.clone(), atomic.clone());
            thread::spawn(move || {
                OWN.with(|own| own.set(n));
                for _ in 0..1000 {
                    *guarded.lock().unwrap() += 1;
                    atomic.fetch_add(1, Ordering::Relaxed);
                }
                OWN.with(|own| assert_eq!(own.get(), n));
            })
        })
        .collect();
    threads.into_iter().for_each(|t| t.join().unwrap());
    assert_eq!(*guarded.lock().unwrap(), atomic.load(Ordering::SeqCst));
    println!("guarded {}", atomic.load(Ordering::SeqCst));

    let (sender, receiver) = mpsc::channel();
    for n in 0..8u64 {
        let sender = sender.clone();
        thread::spawn(move || (0..1000).for_each(|i| sender.send(n * 1000 + i).unwrap()));
    }
    drop(sender);
    println!("received {}", receiver.iter().sum::<u64>());
    let (sender, receiver) = mpsc::sync_channel(2);
    let consumer = thread::spawn(move || receiver.into_iter().map(|n: u64| n * n).sum::<u64>());
    (0..500).for_each(|n| sender.send(n).unwrap());
    drop(sender);
    println!("bounded {}", consumer.join().unwrap());

    let mut numbers: Vec<u32> = (0..400_000u32).map(|n| n.wrapping_mul(2_654_435_761)).collect();
    let quarter = numbers.len() / 4;
    thread::scope(|scope| numbers.chunks_mut(quarter).for_each(|part| { scope.spawn(move || part.sort_unstable()); }));
    assert!(numbers.chunks(quarter).all(|part| part.windows(2).all(|w| w[0] <= w[1])));
    numbers.sort();
    println!("sorted {}", numbers[200_000]);

    let turn = Arc::new((Mutex::new(0usize), Condvar::new()));
    let threads: Vec<_> = (0..4)
        .map(|own| {
            let turn = turn.clone();
            thread::spawn(move || for _ in 0..50 {
                let mut now = turn.1.wait_while(turn.0.lock().unwrap(), |now| *now % 4 != own).unwrap();
                *now += 1;
                turn.1.notify_all();
            })
        })
        .collect();
    threads.into_iter().for_each(|t| t.join().unwrap());
    println!("turns {}", turn.0.lock().unwrap());

    static ONCE: Once = Once::new();
    static TIMES: AtomicUsize = AtomicUsize::new(0);
    let (barrier, table) = (Barrier::new(8), RwLock::new(HashMap::new()));
    let leaders = AtomicUsize::new(0);
    thread::scope(|scope| for n in 0..8 {
        let (barrier, table, leaders) = (&barrier, &table, &leaders);
        scope.spawn(move || {
            ONCE.call_once(|| { TIMES.fetch_add(1, Ordering::SeqCst); });
            table.write().unwrap().insert(n, n * n);
            if barrier.wait().is_leader() { leaders.fetch_add(1, Ordering::SeqCst); }
            assert_eq!(table.read().unwrap().len(), 8);
        });
    });
    println!("barrier {} {}", leaders.load(Ordering::SeqCst), TIMES.load(Ordering::SeqCst));
    let parked = thread::spawn(|| { thread::park(); 7 });
    parked.thread().unpark();
    println!("parked {}", parked.join().unwrap());
    thread::park_timeout(Duration::from_millis(2));
    std::panic::set_hook(Box::new(|_| {}));
    let poisoned = guarded.clone();
    let panicked = thread::spawn(move || { let _held = poisoned.lock().unwrap(); panic!("in a thread") }).join();
    println!("{} poisoned {}", panicked.unwrap_err().downcast_ref::<&str>().unwrap(), guarded.is_poisoned());
    let deep = thread::Builder::new().stack_size(64 << 20).name("deep".into()).spawn(|| {
        fn deep(n: u64) -> u64 { let frame = [n; 16]; if n == 0 { 0 } else { 1 + deep(n - 1) + frame[3] - n } }
        (deep(200_000), thread::current().name().map(String::from))
    });
    println!("{:?}", deep.unwrap().join().unwrap());
    assert!(thread::available_parallelism().unwrap().get() >= 1);
}
