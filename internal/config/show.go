package config

import (
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/benchbot/benchbot/internal/bench"
)

// A line is one line of what is in force; without a value it only leads to those below.
type line struct {
	text string
	from Origin
}

// Print writes what is in force, each line with where it came from: a file that Read reads as the same.
func (c *Config) Print(w io.Writer) error {
	for _, k := range keys() {
		if k.show == nil {
			continue
		}
		for _, l := range k.show(c) {
			if strings.HasSuffix(l.text, ":") {
				l.text += "\n"
			} else {
				l.text += fmt.Sprintf("  # %s\n", l.from)
			}
			if _, err := io.WriteString(w, l.text); err != nil {
				return fmt.Errorf("printing the configuration: %w", err)
			}
		}
	}
	return nil
}

func showLimits(c *Config) []line {
	return append([]line{{text: "limits:"}}, limitLines(c.Limits, "  ")...)
}

func limitLines(limits []Limit, indent string) []line {
	var out []line
	for _, l := range limits {
		out = append(out, line{indent + yamlText(bench.UnitWord(l.Unit)) + ": " + percentText(l.Value), l.From})
	}
	return out
}

func showRules(c *Config) []line {
	if len(c.Rules) == 0 {
		return []line{{text: "rules: {}"}}
	}
	out := []line{{text: "rules:"}}
	for _, r := range c.Rules {
		out = append(out, line{text: "  " + yamlText(r.Pattern.String()) + ":"})
		if r.Ignore != nil {
			out = append(out, line{"    ignore: " + strconv.FormatBool(r.Ignore.Value), r.Ignore.From})
		}
		if r.Quarantine != nil {
			out = append(out, line{"    quarantine: " + strconv.FormatBool(r.Quarantine.Value), r.Quarantine.From})
		}
		if len(r.Limits) > 0 {
			out = append(append(out, line{text: "    limits:"}), limitLines(r.Limits, "      ")...)
		}
		if r.Timeout != nil {
			out = append(out, line{"    timeout: " + r.Timeout.Value.String(), r.Timeout.From})
		}
	}
	return out
}

func showTargets(c *Config) []line {
	if len(c.Targets) == 0 {
		return []line{{text: "targets: {}"}}
	}
	out := []line{{text: "targets:"}}
	for i, t := range c.Targets {
		if i == 0 || c.Targets[i-1].From != t.From {
			out = append(out, line{text: "  " + yamlText(t.Pattern.String()) + ":"})
		}
		out = append(out, line{"    " + yamlText(bench.UnitWord(t.Unit)) + ": " + yamlText(t.Bound.Value.Text), t.Bound.From})
	}
	return out
}

// plainText is what YAML reads as the same text without quotes, and surely as no number or truth value.
var plainText = regexp.MustCompile(`^[A-Za-z./][A-Za-z0-9./_*%+-]*$`)

// yamlText writes a text so that YAML reads it as the same: a JSON string where it is not plain.
func yamlText(s string) string {
	switch strings.ToLower(s) {
	case "true", "false", "null", "yes", "no", "on", "off", ".inf", ".nan", "...":
	default:
		if plainText.MatchString(s) {
			return s
		}
	}
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		return strconv.Quote(s)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func yamlTexts(list []string) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = yamlText(s)
	}
	return "[" + strings.Join(out, ", ") + "]"
}

func showInts(list []int) string {
	return strings.ReplaceAll(fmt.Sprint(list), " ", ", ")
}

// percentText writes a fraction as a percentage, without the digits that the conversion makes up.
func percentText(f float64) string { return strconv.FormatFloat(f*100, 'g', 12, 64) + "%" }
