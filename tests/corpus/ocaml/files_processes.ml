(* Files and commands of the standard library: temporary files, channels, positions, rename, directories, Sys.command, signals. *)
let () =
  let name = Filename.temp_file "corpus" ".ž" in
  let out = open_out_bin name in
  for n = 1 to 100000 do Printf.fprintf out "line %d\n" n done;
  close_out out;
  let input = open_in_bin name in
  let lines = ref 0 in
  (try while true do ignore (input_line input); incr lines done with End_of_file -> ());
  seek_in input 5;
  Printf.printf "lines %d %d %c\n" !lines (in_channel_length input) (input_char input);
  close_in input;
  Sys.rename name (name ^ ".new");
  assert (not (Sys.file_exists name));
  let folder = name ^ ".d" in
  Sys.mkdir folder 0o700;
  for n = 1 to 50 do let c = open_out (Filename.concat folder (string_of_int n)) in output_string c (String.make n 'x'); close_out c done;
  Printf.printf "entries %d\n" (Array.length (Sys.readdir folder));
  Array.iter (fun f -> Sys.remove (Filename.concat folder f)) (Sys.readdir folder);
  Sys.rmdir folder;
  Sys.remove (name ^ ".new");
  (try ignore (open_in "/no/such") with Sys_error text -> print_endline text);
  flush stdout;
  Printf.printf "command %d\n" (Sys.command "exit 3");
  let capture = Filename.temp_file "corpus" "" in
  assert (Sys.command (Filename.quote_command "sort" ~stdout:capture [ "-n" ] ~stdin:"/dev/null") = 0);
  assert (Sys.command ("seq 1000 | grep 7 | wc -l > " ^ Filename.quote capture) = 0);
  let c = open_in capture in
  Printf.printf "pipeline %s\n" (String.trim (input_line c));
  close_in c;
  Sys.remove capture;
  let marshalled = Marshal.to_string ([ 1; 2 ], "ž", 2.5) [] in
  let (list, text, x : int list * string * float) = Marshal.from_string marshalled 0 in
  Printf.printf "marshal %d %s %g\n" (List.fold_left ( + ) 0 list) text x;
  let seen = ref 0 in
  Sys.set_signal Sys.sigusr1 (Sys.Signal_handle (fun n -> if n = Sys.sigusr1 then incr seen));
  assert (Sys.command "kill -USR1 $PPID" = 0);
  for _ = 1 to 1000 do ignore (Sys.opaque_identity (ref 0)) done;
  Printf.printf "signal %d\n" !seen;
  assert (Sys.time () >= 0. && Sys.getenv_opt "PATH" <> None && Sys.unix && Filename.is_relative "a");
  at_exit (fun () -> print_endline "goodbye");
  Printf.printf "%s\n" (Digest.to_hex (Digest.string "corpus"))
