package core
import ("testing";"runtime";"sync";"sync/atomic";"time")
func TestTmp(t *testing.T) {
	var over atomic.Bool
	go func() { for !over.Load() { runtime.GC() } }()
	var wait sync.WaitGroup
	for range 4 { wait.Go(func() { for range 10 {
		config := shell("echo x; (exit 3)", Capture(1, 10))
		config.Limits = Limits{Wall: 20 * time.Second, Memory: 1 << 30}
		e, err := prepare(config, now())
		if err != nil { t.Error(err); return }
		e.runHere()
		o := e.run.Outcome()
		if !o.Executed { t.Errorf("exited %v code %d signal %d err %v cause %d stops %d failure %+v", o.Exited, o.Code, o.Signal, o.Err, o.Cause, o.Stops, e.child.Failure()) }
		e.release()
	} }) }
	wait.Wait(); over.Store(true)
}
