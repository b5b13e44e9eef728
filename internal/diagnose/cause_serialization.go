package diagnose

import "github.com/benchbot/benchbot/internal/bench"

var serialization = Cause{
	ID:    "serialization",
	Name:  Text{"costly serialization or deserialization", "Serialización/deserialización costosa"},
	Needs: Text{"the share of the encoding packages in a CPU profile", "la parte de los paquetes de codificación en un perfil de CPU"},
	detect: func(v *view) Verdict {
		out := v.group(bench.GroupEncoding, Text{"encoding packages and reflection", "paquetes de codificación y reflexión"})
		return v.work(out, bench.WorkEncoding, bench.WorkReflection, bench.WorkFormatting)
	},
}
