// Signals by the C library, timers, fork, and futures on an executor of our own.
use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

extern "C" {
    fn signal(number: i32, handler: extern "C" fn(i32)) -> usize;
    fn raise(number: i32) -> i32;
    fn alarm(seconds: u32) -> u32;
    fn ualarm(micros: u32, interval: u32) -> u32;
    fn fork() -> i32;
    fn waitpid(pid: i32, status: *mut i32, options: i32) -> i32;
    fn _exit(code: i32) -> !;
}
static SEEN: AtomicI32 = AtomicI32::new(0);
static ALARMS: AtomicI32 = AtomicI32::new(0);
extern "C" fn seen(number: i32) { SEEN.store(number, Ordering::SeqCst); }
extern "C" fn alarmed(_: i32) { ALARMS.fetch_add(1, Ordering::SeqCst); }

type Task = Pin<Box<dyn Future<Output = ()> + Send>>;
struct Queue { ready: Mutex<VecDeque<usize>>, changed: Condvar }
struct Wakes { queue: Arc<Queue>, id: usize }
impl Wake for Wakes { fn wake(self: Arc<Self>) { self.queue.ready.lock().unwrap().push_back(self.id); self.queue.changed.notify_one(); } }
struct Sleep(Option<Duration>, Arc<Mutex<(bool, Option<Waker>)>>);
impl Future for Sleep {
    type Output = ();
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut state = self.1.lock().unwrap();
        if state.0 { return Poll::Ready(()); }
        state.1 = Some(context.waker().clone());
        drop(state);
        if let Some(time) = self.0.take() {
            let state = self.1.clone();
            std::thread::spawn(move || { std::thread::sleep(time); let mut state = state.lock().unwrap(); state.0 = true; state.1.take().unwrap().wake(); });
        }
        Poll::Pending
    }
}
fn sleep(millis: u64) -> Sleep { Sleep(Some(Duration::from_millis(millis)), Default::default()) }
fn run(tasks: Vec<Task>) {
    let queue = Arc::new(Queue { ready: Mutex::new((0..tasks.len()).collect()), changed: Condvar::new() });
    let mut tasks: Vec<Option<Task>> = tasks.into_iter().map(Some).collect();
    let mut left = tasks.len();
    while left > 0 {
        let id = queue.changed.wait_while(queue.ready.lock().unwrap(), |ready| ready.is_empty()).unwrap().pop_front().unwrap();
        let waker = Waker::from(Arc::new(Wakes { queue: queue.clone(), id }));
        if let Some(task) = &mut tasks[id] {
            if task.as_mut().poll(&mut Context::from_waker(&waker)).is_ready() { tasks[id] = None; left -= 1; }
        }
    }
}

fn main() {
    unsafe {
        signal(10, seen);
        assert_eq!(raise(10), 0);
        println!("signal {}", SEEN.load(Ordering::SeqCst));
        signal(14, alarmed);
        ualarm(1000, 1000);
        while ALARMS.load(Ordering::SeqCst) < 5 { std::thread::sleep(Duration::from_millis(1)); }
        ualarm(0, 0);
        assert_eq!(alarm(0), 0);
        println!("alarms");
        let children: Vec<i32> = (0..10).map(|n| match fork() { 0 => _exit(n), pid => pid }).collect();
        let mut sum = 0;
        for pid in children { let mut status = 0; assert_eq!(waitpid(pid, &mut status, 0), pid); sum += status >> 8; }
        println!("children {sum}");
    }
    let done = Arc::new(Mutex::new(Vec::new()));
    let tasks = [40u64, 10, 70].iter().map(|&millis| { let done = done.clone(); Box::pin(async move { sleep(millis).await; sleep(1).await; done.lock().unwrap().push(millis); }) as Task }).collect();
    run(tasks);
    assert_eq!(done.lock().unwrap().len(), 3);
    println!("futures {}", done.lock().unwrap().iter().sum::<u64>());
    let total = Arc::new(AtomicI32::new(0));
    run((0..30).map(|n| { let total = total.clone(); Box::pin(async move { sleep(1).await; total.fetch_add(n, Ordering::SeqCst); }) as Task }).collect());
    println!("total {}", total.load(Ordering::SeqCst));
}
