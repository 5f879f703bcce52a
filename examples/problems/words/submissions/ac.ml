(* expect: AC *)
let () =
  Scanf.scanf " %d" (fun k ->
    let counts = Hashtbl.create 1000 in
    (try
       while true do
         Scanf.scanf " %s" (fun word ->
           if word = "" then raise End_of_file;
           Hashtbl.replace counts word (1 + Option.value ~default:0 (Hashtbl.find_opt counts word)))
       done
     with End_of_file -> ());
    Hashtbl.fold (fun word count order -> (-count, word) :: order) counts []
    |> List.sort compare
    |> List.iteri (fun i (count, word) -> if i < k then Printf.printf "%s %d\n" word (-count)))
