(* expect: RTE *)
let () =
  match List.filter (fun word -> word <> "") [ "" ] with
  | [ word ] -> print_endline word
  | _ -> failwith "no words"
