package report

import (
	_ "embed"
	"io"
)

// dashboard is a dashboard of Grafana over what openMetrics writes; a test holds its queries to that.
//
//go:embed dashboard.json
var dashboard string

// Dashboard writes the dashboard to be imported into Grafana. It is the same for every history.
func Dashboard(w io.Writer) error {
	_, err := io.WriteString(w, dashboard)
	return err
}
