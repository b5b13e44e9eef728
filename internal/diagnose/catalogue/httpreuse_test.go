package catalogue

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
)

// before
func getBefore(url string) error {
	client := &http.Client{Transport: &http.Transport{}}
	resp, err := client.Get(url)
	if err != nil {
		return err
	}
	client.CloseIdleConnections()
	return resp.Body.Close()
}

// after
func getAfter(client *http.Client, url string) error {
	resp, err := client.Get(url)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}

// measured
func init() {
	examples["http-reuse"] = func(tb testing.TB) example {
		n := new(atomic.Int64)
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok") }))
		server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
			if s == http.StateNew {
				n.Add(1)
			}
		}
		server.Start()
		tb.Cleanup(server.Close)
		client := server.Client()
		must(0, getAfter(client, server.URL))
		return example{func() { must(0, getBefore(server.URL)) }, func() { must(0, getAfter(client, server.URL)) }, "connections/op", n, false}
	}
}
