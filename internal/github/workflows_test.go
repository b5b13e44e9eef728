package github

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
)

type workflowFile struct {
	On          any               `yaml:"on"`
	Permissions map[string]string `yaml:"permissions"`
	Jobs        map[string]struct {
		Permissions map[string]string `yaml:"permissions"`
		Env         map[string]string `yaml:"env"`
		Steps       []struct {
			Uses string            `yaml:"uses"`
			Run  string            `yaml:"run"`
			With map[string]any    `yaml:"with"`
			Env  map[string]string `yaml:"env"`
		} `yaml:"steps"`
	} `yaml:"jobs"`
}

func readWorkflow(t *testing.T, name string) (workflowFile, string) {
	t.Helper()
	text, err := Workflow(name, "")
	if err != nil {
		t.Fatal(err)
	}
	var w workflowFile
	if err := yaml.Unmarshal([]byte(text), &w); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return w, text
}

var fullPin = regexp.MustCompile(`^[\w-]+/[\w-]+@([0-9a-f]{40}|COMMIT)$`)

func TestPoint01MeasuringHoldsTheLeastRights(t *testing.T) {
	for _, name := range []string{"benchbot-measure.yml", ShardsWorkflow} {
		t.Run(name, func(t *testing.T) { leastRights(t, name) })
	}
}

func leastRights(t *testing.T, name string) {
	w, text := readWorkflow(t, name)
	if diff := cmp.Diff(map[string]string{"contents": "read"}, w.Permissions); diff != "" {
		t.Errorf("the rights (-want +got):\n%s", diff)
	}
	if on, ok := w.On.(map[string]any); !ok || len(on) != 1 {
		t.Errorf("it is started by %v, and pull_request alone may", w.On)
	} else if _, ok := on["pull_request"]; !ok {
		t.Errorf("it is started by %v", on)
	}
	for _, word := range []string{"secrets.", "github.token", "pull_request_target", "id-token"} {
		if strings.Contains(text, word) {
			t.Errorf("it mentions %s", word)
		}
	}
	for name, job := range w.Jobs {
		if len(job.Permissions)+len(job.Env) > 0 {
			t.Errorf("the job %s has rights %v and variables %v of its own", name, job.Permissions, job.Env)
		}
		if with := job.Steps[0].With; !strings.HasPrefix(job.Steps[0].Uses, "actions/checkout@") || with["persist-credentials"] != false {
			t.Errorf("the checkout keeps its token: %v", with)
		}
	}
}

// Neither workflow has a command in which an expression could be filled in, and both pin what they use.
func TestPoint01WorkflowsRunNoText(t *testing.T) {
	for _, name := range append(slices.Clone(WorkflowNames), ShardsWorkflow, AllWorkflow) {
		w, _ := readWorkflow(t, name)
		for _, job := range w.Jobs {
			for _, step := range job.Steps {
				if step.Run != "" || !fullPin.MatchString(step.Uses) {
					t.Errorf("%s has the step %+v", name, step)
				}
			}
		}
	}
	for _, name := range []string{"benchbot-publish.yml", "benchbot-record.yml", AllWorkflow} {
		w, _ := readWorkflow(t, name)
		for _, job := range w.Jobs {
			if with := job.Steps[0].With; with["ref"] != nil && name != AllWorkflow || with["repository"] != nil || with["persist-credentials"] != false {
				t.Errorf("%s, which may write, checks out %v", name, with)
			}
		}
		if len(w.Permissions) != 0 {
			t.Errorf("%s has the rights %v for every job", name, w.Permissions)
		}
	}
}

// This repository's own workflows, too, keep to what zizmor asks for: actions are pinned by commit, checkouts
// keep no token, no expression is filled into a command, rights are given by job, nothing that may write takes
// a cache, and no trigger gives a pull request's code a token.
func TestEveryWorkflowIsHardened(t *testing.T) {
	paths, err := filepath.Glob("../../.github/workflows/*.yml")
	more, moreErr := filepath.Glob("workflows/*.yml")
	if err != nil || moreErr != nil || len(paths) < 5 || len(more) < 5 {
		t.Fatalf("the workflows are %v and %v (%v)", paths, more, err)
	}
	for _, path := range append(paths, more...) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var w workflowFile
		if err := yaml.Unmarshal(text, &w); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		for _, complaint := range w.complaints() {
			t.Errorf("%s: %s", path, complaint)
		}
	}
}

// complaints are what is wrong with a workflow.
func (w workflowFile) complaints() (out []string) {
	complain := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	on := fmt.Sprint(w.On)
	if strings.Contains(on, "pull_request_target") {
		complain("it is started by pull_request_target")
	}
	if w.Permissions == nil {
		complain("it does not say what rights it has")
	}
	write := func(p map[string]string) bool { return slices.Contains(slices.Collect(maps.Values(p)), "write") }
	if write(w.Permissions) {
		complain("every job of it may write")
	}
	for name, job := range w.Jobs {
		for _, step := range job.Steps {
			switch {
			case strings.Contains(step.Run, "${{"):
				complain("job %s fills an expression into %q", name, step.Run)
			case step.Uses != "" && step.Uses != "./" && !fullPin.MatchString(step.Uses):
				complain("job %s uses %s, which can be moved", name, step.Uses)
			case strings.HasPrefix(step.Uses, "actions/checkout@") && step.With["persist-credentials"] != false:
				complain("a checkout of job %s keeps its token", name)
			case strings.HasPrefix(step.Uses, "actions/setup-go@") && write(job.Permissions) && step.With["cache"] != false:
				complain("job %s may write and takes a cache that others can fill", name)
			}
			for key, value := range job.Env {
				if strings.Contains(value, "secrets.") || strings.Contains(value, "github.token") {
					complain("every step of job %s has the secret %s", name, key)
				}
			}
		}
	}
	return out
}

// What is wrong is found.
func TestWorkflowComplaints(t *testing.T) {
	for want, text := range map[string]string{
		"pull_request_target":  "on: pull_request_target\npermissions: {}",
		"what rights":          "on: push",
		"every job of it":      "on: push\npermissions: {contents: write}",
		"fills an expression":  "on: push\npermissions: {}\njobs: {a: {steps: [{run: 'echo ${{ github.head_ref }}'}]}}",
		"can be moved":         "on: push\npermissions: {}\njobs: {a: {steps: [{uses: actions/setup-go@v5}]}}",
		"keeps its token":      "on: push\npermissions: {}\njobs: {a: {steps: [{uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683}]}}",
		"takes a cache":        "on: push\npermissions: {}\njobs: {a: {permissions: {contents: write}, steps: [{uses: actions/setup-go@d35c59abb061a4a6fb18e82ac0862c26744d6ab5}]}}",
		"has the secret TOKEN": "on: push\npermissions: {}\njobs: {a: {env: {TOKEN: '${{ secrets.TOKEN }}'}, steps: [{run: make}]}}",
	} {
		var w workflowFile
		if err := yaml.Unmarshal([]byte(text), &w); err != nil {
			t.Fatal(err)
		}
		if got := w.complaints(); len(got) != 1 || !strings.Contains(got[0], want) {
			t.Errorf("%s\ngives the complaints %q, want one with %q", text, got, want)
		}
	}
}

// Who only pushes a branch or opens a pull request starts no job that writes the history.
func TestPoint18RecordingIsStartedByPushesToTheDefaultBranch(t *testing.T) {
	w, _ := readWorkflow(t, "benchbot-record.yml")
	want := map[string]any{"push": map[string]any{"branches": []any{"main"}}}
	if diff := cmp.Diff(want, w.On); diff != "" {
		t.Errorf("it is started by (-want +got):\n%s", diff)
	}
}

func TestActionRunsNoExpression(t *testing.T) {
	text, err := os.ReadFile("../../action.yml")
	if err != nil {
		t.Fatal(err)
	}
	var action struct {
		Inputs  map[string]any `yaml:"inputs"`
		Outputs map[string]any `yaml:"outputs"`
		Runs    struct {
			Using string `yaml:"using"`
			Steps []struct {
				Run string            `yaml:"run"`
				Env map[string]string `yaml:"env"`
			} `yaml:"steps"`
		} `yaml:"runs"`
	}
	if err := yaml.Unmarshal(text, &action); err != nil {
		t.Fatal(err)
	}
	for _, step := range action.Runs.Steps {
		if step.Run == "" || strings.Contains(step.Run, "${{") {
			t.Errorf("the step runs %q", step.Run)
		}
		if token, ok := step.Env["GITHUB_TOKEN"]; ok && token != "${{ inputs.mode != 'measure' && inputs.github-token || '' }}" {
			t.Errorf("the token is %q: the mode that measures must not have it", token)
		}
	}
	for _, name := range outputNames {
		if action.Outputs[name] == nil {
			t.Errorf("the output %s is missing", name)
		}
	}
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, names := range []map[string]any{action.Inputs, action.Outputs} {
		for name := range names {
			if !strings.Contains(string(readme), "\n| `"+name+"` | ") {
				t.Errorf("the README does not list %s", name)
			}
		}
	}
	if action.Runs.Using != "composite" || len(action.Outputs) != len(outputNames) {
		t.Errorf("the action is %q with the outputs %v", action.Runs.Using, action.Outputs)
	}
}

// This repository runs on itself what the README shows and `benchbot init` writes.
func TestWorkflowsAreTheSameEverywhere(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range WorkflowNames {
		own, err := os.ReadFile("../../.github/workflows/" + name)
		if err != nil {
			t.Fatal(err)
		}
		want, err := Workflow(name, "./")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, string(own)); diff != "" {
			t.Errorf(".github/workflows/%s is not the embedded one with ./ (-want +got):\n%s", name, diff)
		}
		wantShown(t, string(readme), name)
	}
	wantShown(t, string(readme), ShardsWorkflow)
	wantShown(t, string(readme), AllWorkflow)
}

func wantShown(t *testing.T, readme, name string) {
	t.Helper()
	shown, err := Workflow(name, "")
	if err != nil || !strings.Contains(readme, "```yaml\n"+shown+"```\n") {
		t.Errorf("the README does not show %s as it is (%v)", name, err)
	}
}
