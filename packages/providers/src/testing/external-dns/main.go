// The parts of external-dns that speak its webhook protocol, as they are in its own program, without the sources and vendors' SDKs that make up the rest of it:
//
//	external-dns-webhook serve ZONE...   its server, for its provider in memory; writes the port to standard output
//	external-dns-webhook pass URL        one pass of its controller with its webhook client, TXT registry and plan; the desired endpoints come from standard input
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"sigs.k8s.io/external-dns/endpoint"
	"sigs.k8s.io/external-dns/pkg/apis/externaldns"
	"sigs.k8s.io/external-dns/plan"
	"sigs.k8s.io/external-dns/provider/inmemory"
	"sigs.k8s.io/external-dns/provider/webhook"
	"sigs.k8s.io/external-dns/provider/webhook/api"
	"sigs.k8s.io/external-dns/registry/txt"
)

func main() {
	if len(os.Args) < 3 {
		fail(fmt.Errorf("usage: external-dns-webhook serve ZONE... | pass URL"))
	}
	switch os.Args[1] {
	case "serve":
		fail(serve(os.Args[2:]))
	case "pass":
		if err := pass(os.Args[2]); err != nil {
			fail(err)
		}
	default:
		fail(fmt.Errorf("unknown command %q", os.Args[1]))
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// filtered is the provider in memory with a domain filter, which it does not tell itself.
type filtered struct {
	*inmemory.InMemoryProvider
	filter *endpoint.DomainFilter
}

func (f filtered) GetDomainFilter() endpoint.DomainFilterInterface { return f.filter }

func serve(zones []string) error {
	server := api.WebhookServer{Provider: filtered{
		inmemory.NewInMemoryProvider(inmemory.InMemoryInitZones(zones)),
		endpoint.NewDomainFilter(zones),
	}}
	mux := http.NewServeMux()
	mux.HandleFunc("/", server.NegotiateHandler)
	mux.HandleFunc(api.UrlRecords, server.RecordsHandler)
	mux.HandleFunc(api.UrlAdjustEndpoints, server.AdjustEndpointsHandler)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	return http.Serve(listener, mux)
}

func pass(url string) error {
	ctx := context.Background()
	var desired []*endpoint.Endpoint
	if err := json.NewDecoder(os.Stdin).Decode(&desired); err != nil {
		return err
	}
	managed := []string{"A", "AAAA", "CNAME", "NS", "SRV", "TXT", "MX"}
	cfg := &externaldns.Config{
		WebhookProviderURL:          url,
		WebhookProviderReadTimeout:  5 * time.Second,
		WebhookProviderWriteTimeout: 10 * time.Second,
		TXTOwnerID:                  "external-dns",
		TXTPrefix:                   "%{record_type}.",
		ManagedDNSRecordTypes:       managed,
	}
	client, err := webhook.New(ctx, cfg, nil)
	if err != nil {
		return err
	}
	registry, err := txt.New(cfg, client)
	if err != nil {
		return err
	}
	current, err := registry.Records(ctx)
	if err != nil {
		return err
	}
	desired, err = registry.AdjustEndpoints(desired)
	if err != nil {
		return err
	}
	calculated := (&plan.Plan{
		Policies:       []plan.Policy{&plan.SyncPolicy{}},
		Current:        current,
		Desired:        desired,
		DomainFilter:   endpoint.MatchAllDomainFilters{registry.GetDomainFilter()},
		ManagedRecords: managed,
		OwnerID:        registry.OwnerID(),
	}).Calculate()
	if calculated.Changes.HasChanges() {
		if err := registry.ApplyChanges(ctx, calculated.Changes); err != nil {
			return err
		}
	}
	return json.NewEncoder(os.Stdout).Encode(calculated.Changes)
}
