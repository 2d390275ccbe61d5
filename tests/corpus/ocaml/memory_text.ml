(* Garbage, weak arrays, finalizers, exceptions, deep recursion, sorting, maps, strings, formats, lazy values. *)
module M = Map.Make (String)
type tree = Leaf | Node of tree * tree
let rec grow d = if d = 0 then Leaf else Node (grow (d - 1), grow (d - 1))
let rec count = function Leaf -> 1 | Node (a, b) -> 1 + count a + count b
exception Code of int
let rec deep n = if n = 0 then 0 else 1 + deep (n - 1)
let () =
  let nodes = ref 0 in
  for _ = 1 to 30 do nodes := !nodes + count (grow 14) done;
  Printf.printf "nodes %d\n" !nodes;
  let weak = Weak.create 100 and gone = ref 0 in
  for i = 0 to 99 do let v = ref i in Gc.finalise (fun _ -> incr gone) v; Weak.set weak i (Some v) done;
  Gc.full_major (); Gc.full_major ();
  let left = ref 0 in
  for i = 0 to 99 do if Weak.check weak i then incr left done;
  assert (!gone >= 99 && !left <= 1);
  Gc.compact ();
  for i = 1 to 40 do let b = Bytes.make (8 lsl 20) 'x' in assert (Bytes.get b i = 'x') done;
  print_endline "blocks";
  let caught = ref 0 in
  for i = 1 to 100000 do try if i mod 2 = 0 then raise (Code i) else ignore (List.assoc i []) with Code _ -> incr caught | Not_found -> incr caught done;
  Printf.printf "caught %d deep %d\n" !caught (deep 100000);
  (try ignore (let rec f n = 1 + f (n + 1) in f 0) with Stack_overflow -> print_endline "stack overflow");
  let state = ref 1 in
  let numbers = Array.init 200000 (fun _ -> state := !state * 48271 mod 2147483647; !state) in
  Array.sort compare numbers;
  for i = 1 to 199999 do assert (numbers.(i - 1) <= numbers.(i)) done;
  Printf.printf "sorted %d\n" numbers.(0);
  let table = Hashtbl.create 16 in
  for i = 0 to 199999 do let k = "word" ^ string_of_int (i * 7919 mod 997) in Hashtbl.replace table k (1 + try Hashtbl.find table k with Not_found -> 0) done;
  let map = Hashtbl.fold M.add table M.empty in
  Printf.printf "words %d %d %s\n" (M.cardinal map) (M.find "word7" map) (fst (M.min_binding map));
  let rec from n = Seq.Cons (n, fun () -> from (n + 1)) in
  let rec sieve s () = match s () with Seq.Nil -> Seq.Nil | Seq.Cons (p, rest) -> Seq.Cons (p, sieve (Seq.filter (fun n -> n mod p <> 0) rest)) in
  let rec nth n s = match s () with Seq.Cons (x, _) when n = 0 -> x | Seq.Cons (_, r) -> nth (n - 1) r | Seq.Nil -> -1 in
  Printf.printf "prime %d\n" (nth 500 (sieve (fun () -> from 2)));
  let big = ref [1] in
  for n = 2 to 500 do let carry = ref 0 in
    let d = List.map (fun d -> let v = d * n + !carry in carry := v / 1000000; v mod 1000000) !big in
    let rec rest c = if c = 0 then [] else c mod 1000000 :: rest (c / 1000000) in big := d @ rest !carry done;
  (match List.rev !big with h :: t -> let s = String.concat "" (string_of_int h :: List.map (Printf.sprintf "%06d") t) in Printf.printf "500! %d %s\n" (String.length s) (String.sub s 0 12) | [] -> ());
  Printf.printf "%s %d %h %5.2f %x %S\n" "žluťoučký 日本 🎉" (String.length "ž") 0.1 3.14159 255 "a\nb"
