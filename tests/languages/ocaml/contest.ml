(* What contest programs do, and what hostile ones try; ../README.md has the list. *)
let seed = ref 42
let next () = seed := !seed * 48271 mod 2147483647; !seed

let input () =
  let n = Scanf.scanf " %d" (fun x -> x) in
  let sum = ref 0 and max_ = ref 0 in
  for _ = 1 to n do
    let v = Scanf.scanf " %d" (fun x -> x) in
    sum := !sum + v;
    max_ := max !max_ v
  done;
  Printf.printf "%d %d %d\n" n !sum !max_

let rec deep n = if n = 0 then 0 else 1 + deep (n - 1)

let threads () =
  let lock = Mutex.create () and total = ref 0 in
  let add i =
    let sum = ref 0 in
    for k = 1 to 10000 do sum := !sum + k * i done;
    Mutex.lock lock;
    total := !total + !sum;
    Mutex.unlock lock in
  List.iter Thread.join (List.map (Thread.create add) [0; 1; 2; 3]);
  Printf.printf "%d\n" !total

let exceptions () =
  let count = ref 0 in
  for i = 1 to 1000 do
    try if i mod 2 = 0 then failwith "thrown" else ignore ([| 0 |].(i))
    with Failure _ | Invalid_argument _ -> incr count
  done;
  Printf.printf "%d\n" !count

let regex () =
  let text = String.concat "" (List.init 100 (fun _ -> "a1 b22 c333 d4444 ")) in
  let re = Str.regexp "[a-z][0-9]+" in
  let rec go at count digits =
    match Str.search_forward re text at with
    | _ -> go (Str.match_end ()) (count + 1) (digits + String.length (Str.matched_string text) - 1)
    | exception Not_found -> Printf.printf "%d %d\n" count digits in
  go 0 0 0

let bignum () =
  let d = Array.make 302 0 in
  d.(0) <- 1;
  for _ = 1 to 1000 do
    let carry = ref 0 in
    for j = 0 to 301 do
      carry := !carry + 2 * d.(j);
      d.(j) <- !carry mod 10;
      carry := !carry / 10
    done
  done;
  Printf.printf "%d\n" (Array.fold_left (+) 0 d)

let ok yes = print_endline (if yes then "ok" else "wrong")

let timing () =
  let start = Unix.gettimeofday () in
  Unix.sleepf 0.02;
  let took = Unix.gettimeofday () -. start in
  ok (took >= 0.019 && took < 60. && Sys.time () >= 0.)

let random () =
  Random.self_init ();
  let seen = Hashtbl.create 100 in
  for _ = 1 to 1000 do Hashtbl.replace seen (Random.int 100) () done;
  ok (Hashtbl.length seen > 50)

let sort () =
  let v = Array.init 100000 (fun _ -> next ()) in
  Array.sort compare v;
  Printf.printf "%d %d %d\n" v.(0) v.(50000) v.(99999)

let hash () =
  let count = Hashtbl.create 1000 and most = ref 0 in
  for _ = 1 to 100000 do
    let key = next () mod 1000 in
    let c = 1 + Option.value (Hashtbl.find_opt count key) ~default:0 in
    Hashtbl.replace count key c;
    most := max !most c
  done;
  Printf.printf "%d %d\n" (Hashtbl.length count) !most

let output () =
  for i = 1 to 20000 do
    Printf.printf "%d\n" i;
    if i mod 1000 = 0 then flush stdout
  done

let answer call = print_endline (match call () with _ -> "made it" | exception Unix.Unix_error _ -> "refused")

let () =
  match Sys.argv.(1) with
  | "input" -> input ()
  | "recursion" -> Printf.printf "%d\n" (deep 100000)
  | "threads" -> threads ()
  | "exceptions" -> exceptions ()
  | "regex" -> regex ()
  | "bignum" -> bignum ()
  | "timing" -> timing ()
  | "random" -> random ()
  | "sort" -> sort ()
  | "hash" -> hash ()
  | "output" -> output ()
  | "fork" -> answer Unix.fork
  | "shell" -> answer (fun () -> Unix.system "echo escaped")
  | "socket" -> answer (fun () -> Unix.socket Unix.PF_INET Unix.SOCK_STREAM 0)
  | _ -> exit 2
