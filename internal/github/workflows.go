package github

import (
	"embed"
	"strings"
)

//go:embed workflows/*.yml
var workflowFiles embed.FS

// WorkflowNames are the files of Workflow, below .github/workflows.
var WorkflowNames = []string{"benchbot-measure.yml", "benchbot-publish.yml", "benchbot-record.yml"}

// ShardsWorkflow is the file that measures in several jobs, for the place of the first of WorkflowNames.
const ShardsWorkflow = "benchbot-measure-shards.yml"

// AllWorkflow is the file of the form of one job, in the place of the first two of WorkflowNames.
const AllWorkflow = "benchbot-all.yml"

// placeholder is how the workflow files name the action, a commit of it having to be filled in.
const placeholder = "benchbot/benchbot@COMMIT"

// Workflow is the text of one of WorkflowNames, or ShardsWorkflow or AllWorkflow. uses names the action in it: "./" in its own
// repository, "owner/name@commit" elsewhere, and "" leaves COMMIT to be filled in.
func Workflow(name, uses string) (string, error) {
	text, err := workflowFiles.ReadFile("workflows/" + name)
	if err != nil || uses == "" {
		return string(text), err
	}
	return strings.ReplaceAll(string(text), placeholder, uses), nil
}
