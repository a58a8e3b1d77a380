package peers

// Run is run, for tests.
var Run = run
