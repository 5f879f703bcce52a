# The files that make up each example besides its own; the Makefile at the top includes this.
minimal_SOURCES =
features_SOURCES =
run_SOURCES = run_files.c run_options.c run_report.c run_trace.c text.c units.c
callback_SOURCES =
learn_SOURCES = text.c
judge_SOURCES = table.c problem.c languages.c submission.c build.c testing.c interactive.c sandboxed.c cores.c reach.c compare.c workdir.c text.c units.c
