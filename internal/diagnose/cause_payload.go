package diagnose

import "github.com/benchbot/benchbot/internal/bench"

var payload = Cause{
	ID:   "payload",
	Name: Text{"very large payloads", "Payloads muy grandes"},
	Needs: Text{"the bytes that one operation sends and receives (`b.ReportMetric(n, \"payload-B/op\")`)",
		"los bytes que envía y recibe una operación (`b.ReportMetric(n, \"payload-B/op\")`)"},
	detect: detectPayload,
}

// A large payload takes longer than a round trip to transmit; a small one fits the first packets of a
// connection (10 of 1460 bytes, RFC 6928).
const (
	smallPayload = 14600
	largePayload = 1 << 20
)

// detectPayload takes a megabyte for very large, and what at least doubled to more than the first
// packets hold for too large.
func detectPayload(v *view) Verdict {
	out := v.counted(smallPayload, Text{"the time that the transfer takes", "el tiempo que tarda la transferencia"}, bench.GroupNetwork, networkWhat, "payload-B/op")
	if n, _, r := v.value("payload-B/op"); r != nil && n >= largePayload && v.ratio == 1 {
		out.State, out.Saving, out.Needs = Found, v.whole(), Text{}
	}
	return out
}
