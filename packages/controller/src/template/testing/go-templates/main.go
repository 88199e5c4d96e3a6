// Renders templates with Go's own text/template, so that a test can compare: one JSON object {"template", "object", "source"} a line in,
// one {"output"} or {"error", "stage"} a line out. Objects are what external-dns gives its templates: structs for Service, Ingress, Node and Pod, whose
// fields and tags are those of k8s.io/api, and a struct with mappings for all else.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"strings"
	"text/template"
)

type typeMeta struct {
	Kind       string `json:"kind"`
	APIVersion string `json:"apiVersion"`
}

type objectMeta struct {
	Name        string            `json:"name"`
	Namespace   string            `json:"namespace"`
	UID         string            `json:"uid"`
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
}

// TypeMeta and ObjectMeta have the names that the structs of k8s.io/api embed.
type TypeMeta = typeMeta
type ObjectMeta = objectMeta

type port struct {
	Name     string `json:"name"`
	Port     int32  `json:"port"`
	NodePort int32  `json:"nodePort"`
	Protocol string `json:"protocol"`
}

type loadBalancer struct {
	Ingress []struct {
		IP       string `json:"ip"`
		Hostname string `json:"hostname"`
	} `json:"ingress"`
}

type service struct {
	TypeMeta   `json:",inline"`
	ObjectMeta `json:"metadata"`
	Spec       struct {
		Type                string            `json:"type"`
		ClusterIP           string            `json:"clusterIP"`
		ClusterIPs          []string          `json:"clusterIPs"`
		ExternalIPs         []string          `json:"externalIPs"`
		ExternalName        string            `json:"externalName"`
		Selector            map[string]string `json:"selector"`
		Ports               []port            `json:"ports"`
		TrafficDistribution *string           `json:"trafficDistribution"`
	} `json:"spec"`
	Status struct {
		LoadBalancer loadBalancer `json:"loadBalancer"`
	} `json:"status"`
}

type ingress struct {
	TypeMeta   `json:",inline"`
	ObjectMeta `json:"metadata"`
	Spec       struct {
		IngressClassName *string `json:"ingressClassName"`
		TLS              []struct {
			Hosts      []string `json:"hosts"`
			SecretName string   `json:"secretName"`
		} `json:"tls"`
		Rules []struct {
			Host string `json:"host"`
		} `json:"rules"`
	} `json:"spec"`
	Status struct {
		LoadBalancer loadBalancer `json:"loadBalancer"`
	} `json:"status"`
}

type node struct {
	TypeMeta   `json:",inline"`
	ObjectMeta `json:"metadata"`
	Spec       struct {
		PodCIDR       string `json:"podCIDR"`
		Unschedulable bool   `json:"unschedulable"`
	} `json:"spec"`
	Status struct {
		Addresses []struct {
			Type    string `json:"type"`
			Address string `json:"address"`
		} `json:"addresses"`
		NodeInfo struct {
			Architecture string `json:"architecture"`
			OSImage      string `json:"osImage"`
		} `json:"nodeInfo"`
	} `json:"status"`
}

type pod struct {
	TypeMeta   `json:",inline"`
	ObjectMeta `json:"metadata"`
	Spec       struct {
		NodeName    string `json:"nodeName"`
		HostNetwork bool   `json:"hostNetwork"`
		Hostname    string `json:"hostname"`
	} `json:"spec"`
	Status struct {
		PodIP  string `json:"podIP"`
		HostIP string `json:"hostIP"`
		PodIPs []struct {
			IP string `json:"ip"`
		} `json:"podIPs"`
	} `json:"status"`
}

type untyped struct {
	Name        string
	Namespace   string
	Kind        string
	APIVersion  string
	Labels      map[string]string
	Annotations map[string]string
	Metadata    map[string]any
	Spec        map[string]any
	Status      map[string]any
	Object      map[string]any
	ObjectMeta  objectMeta
}

func isFamily(text string, four bool) bool {
	address, err := netip.ParseAddr(text)
	return err == nil && address.Is4() == four
}

func functions(source string) template.FuncMap {
	return template.FuncMap{
		"contains":   strings.Contains,
		"trimPrefix": strings.TrimPrefix,
		"trimSuffix": strings.TrimSuffix,
		"trim":       strings.TrimSpace,
		"toLower":    strings.ToLower,
		"replace":    func(from, to, text string) string { return strings.ReplaceAll(text, from, to) },
		"isIPv4":     func(text string) bool { return isFamily(text, true) },
		"isIPv6":     func(text string) bool { return isFamily(text, false) },
		"isSource":   func(want string) bool { return strings.EqualFold(want, source) },
		"hasKey": func(mapping map[string]string, key string) bool {
			_, ok := mapping[key]
			return ok
		},
		"fromJson": func(text string) any {
			var value any
			_ = json.Unmarshal([]byte(text), &value)
			return value
		},
	}
}

func subject(raw json.RawMessage) (any, error) {
	var kind typeMeta
	if err := json.Unmarshal(raw, &kind); err != nil {
		return nil, err
	}
	switch kind.APIVersion + "/" + kind.Kind {
	case "v1/Service":
		value := &service{}
		return value, json.Unmarshal(raw, value)
	case "networking.k8s.io/v1/Ingress":
		value := &ingress{}
		return value, json.Unmarshal(raw, value)
	case "v1/Node":
		value := &node{}
		return value, json.Unmarshal(raw, value)
	case "v1/Pod":
		value := &pod{}
		return value, json.Unmarshal(raw, value)
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var object map[string]any
	if err := decoder.Decode(&object); err != nil {
		return nil, err
	}
	object = wholeNumbers(object).(map[string]any)
	var typed struct {
		ObjectMeta `json:"metadata"`
	}
	if err := json.Unmarshal(raw, &typed); err != nil {
		return nil, err
	}
	part := func(key string) map[string]any {
		value, _ := object[key].(map[string]any)
		return value
	}
	return &untyped{
		Name: typed.Name, Namespace: typed.Namespace, Kind: kind.Kind, APIVersion: kind.APIVersion,
		Labels: typed.Labels, Annotations: typed.Annotations, ObjectMeta: typed.ObjectMeta,
		Metadata: part("metadata"), Spec: part("spec"), Status: part("status"), Object: object,
	}, nil
}

// wholeNumbers makes int64 of numbers that are whole, as Kubernetes' own decoder does.
func wholeNumbers(value any) any {
	switch it := value.(type) {
	case json.Number:
		if whole, err := it.Int64(); err == nil {
			return whole
		}
		fraction, _ := it.Float64()
		return fraction
	case map[string]any:
		for key := range it {
			it[key] = wholeNumbers(it[key])
		}
	case []any:
		for index := range it {
			it[index] = wholeNumbers(it[index])
		}
	}
	return value
}

type answer struct {
	Output *string `json:"output,omitempty"`
	Error  string  `json:"error,omitempty"`
	Stage  string  `json:"stage,omitempty"`
}

func render(line []byte) (result answer) {
	var request struct {
		Template string          `json:"template"`
		Object   json.RawMessage `json:"object"`
		Source   string          `json:"source"`
	}
	if err := json.Unmarshal(line, &request); err != nil {
		return answer{Error: err.Error(), Stage: "request"}
	}
	parsed, err := template.New("").Funcs(functions(request.Source)).Parse(request.Template)
	if err != nil {
		return answer{Error: err.Error(), Stage: "parse"}
	}
	value, err := subject(request.Object)
	if err != nil {
		return answer{Error: err.Error(), Stage: "request"}
	}
	var output bytes.Buffer
	if err := parsed.Execute(&output, value); err != nil {
		return answer{Error: err.Error(), Stage: "execute"}
	}
	text := output.String()
	return answer{Output: &text}
}

func main() {
	scanner := bufio.NewScanner(os.Stdin)
	scanner.Buffer(nil, 16<<20)
	writer := bufio.NewWriter(os.Stdout)
	defer writer.Flush()
	for scanner.Scan() {
		encoded, err := json.Marshal(render(scanner.Bytes()))
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		writer.Write(encoded)
		writer.WriteByte('\n')
	}
}
