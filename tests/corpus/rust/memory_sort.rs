// The heap and hot loops: trees, reference counts, maps, heaps, sorting, iterators, big blocks, strings.
use std::cell::RefCell;
use std::collections::{BTreeMap, BinaryHeap, HashMap, HashSet, VecDeque};
use std::rc::{Rc, Weak};

struct Tree(Option<Box<(Tree, Tree)>>);
impl Tree {
    fn new(depth: u32) -> Tree { Tree((depth > 0).then(|| Box::new((Tree::new(depth - 1), Tree::new(depth - 1))))) }
    fn count(&self) -> u64 { 1 + self.0.as_ref().map_or(0, |both| both.0.count() + both.1.count()) }
}
struct Node { parent: RefCell<Weak<Node>>, children: RefCell<Vec<Rc<Node>>>, n: usize }
impl Drop for Node { fn drop(&mut self) { DROPPED.with(|d| *d.borrow_mut() += 1); } }
thread_local!(static DROPPED: RefCell<usize> = RefCell::new(0));

fn main() {
    println!("nodes {}", (0..40).map(|_| Tree::new(13).count()).sum::<u64>());
    {
        let root = Rc::new(Node { parent: RefCell::new(Weak::new()), children: RefCell::new(vec![]), n: 0 });
        for n in 1..1000 {
            let child = Rc::new(Node { parent: RefCell::new(Rc::downgrade(&root)), children: RefCell::new(vec![]), n });
            root.children.borrow_mut().push(child);
        }
        let last = root.children.borrow()[998].clone();
        assert_eq!((last.n, last.parent.borrow().upgrade().unwrap().n, Rc::weak_count(&root)), (999, 0, 999));
    }
    println!("dropped {}", DROPPED.with(|d| *d.borrow()));
    for n in 0..50 { let mut block = vec![0u8; 16 << 20]; block[n] = 1; assert_eq!(block.iter().take(100).map(|&b| b as u32).sum::<u32>(), 1); }
    let mut state = 88172645463325252u64;
    let mut random = move || { state ^= state << 13; state ^= state >> 7; state ^= state << 17; state };
    let mut numbers: Vec<u64> = (0..1_000_000).map(|_| random()).collect();
    let mut heap: BinaryHeap<_> = numbers[..50_000].iter().copied().collect();
    let mut popped = Vec::new();
    while let Some(n) = heap.pop() { popped.push(n); }
    assert!(popped.windows(2).all(|w| w[0] >= w[1]));
    numbers.sort_unstable();
    assert!(numbers.windows(2).all(|w| w[0] <= w[1]) && numbers.binary_search(&numbers[777]).is_ok());
    numbers.dedup();
    println!("sorted {}", numbers.len());
    let mut words: HashMap<String, u32> = HashMap::new();
    for n in 0..300_000u64 { *words.entry(format!("word{}", n * 7919 % 997)).or_default() += 1; }
    let ordered: BTreeMap<_, _> = words.iter().collect();
    println!("words {} {:?}", ordered.len(), ordered.range("word99".to_string()..).next());
    let mut composite = vec![false; 5_000_000];
    let mut primes = 0;
    for n in 2..composite.len() {
        if !composite[n] { primes += 1; (n * n..composite.len()).step_by(n).for_each(|m| composite[m] = true); }
    }
    println!("primes {primes}");
    let mut queue: VecDeque<u32> = (0..1000).collect();
    for _ in 0..100_000 { let front = queue.pop_front().unwrap(); queue.push_back(front); }
    println!("queue {:?}", queue.front());
    let text: String = ('a'..='z').cycle().take(1_000_000).collect();
    println!("text {} {}", text.len(), text.matches("xyz").count());
    let distinct: HashSet<u64> = numbers.iter().map(|n| n % 1000).collect();
    println!("distinct {}", distinct.len());
}
