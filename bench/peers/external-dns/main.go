// external-dns as bench/operator.ts measures it: its own sources, plan, TXT registry and provider in memory, with its own flags and in its controller's order, without the
// SDKs of vendors and without metrics, both of which only cost.
//
//	external-dns-pass FLAGS...   makes one pass, and one more for each line on standard input; writes what each has done as a line of JSON
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/go-logr/logr"
	"github.com/sirupsen/logrus"
	"k8s.io/klog/v2"

	"sigs.k8s.io/external-dns/endpoint"
	"sigs.k8s.io/external-dns/pkg/apis/externaldns"
	"sigs.k8s.io/external-dns/pkg/apis/externaldns/validation"
	"sigs.k8s.io/external-dns/plan"
	"sigs.k8s.io/external-dns/provider"
	"sigs.k8s.io/external-dns/provider/inmemory"
	"sigs.k8s.io/external-dns/registry"
	"sigs.k8s.io/external-dns/registry/txt"
	"sigs.k8s.io/external-dns/source"
	"sigs.k8s.io/external-dns/source/annotations"
	"sigs.k8s.io/external-dns/source/wrappers"
)

// done is what a pass has done.
type done struct {
	// Created and Updated count endpoints that the plan asks for, without TXT records.
	Created int `json:"created"`
	Updated int `json:"updated"`
	Deleted int `json:"deleted"`
	// Listings and Writes count calls of the provider so far.
	Listings int `json:"listings"`
	Writes   int `json:"writes"`
	// TookMs is the wall clock's, from the start of the pass to the provider's reply.
	TookMs float64 `json:"tookMs"`
}

type controller struct {
	cfg      *externaldns.Config
	source   source.Source
	registry registry.Registry
	listings int
	writes   int
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(flags []string) error {
	cfg := externaldns.NewConfig()
	if err := cfg.ParseFlags(flags); err != nil {
		return err
	}
	if err := validation.ValidateConfig(cfg); err != nil {
		return err
	}
	level, err := logrus.ParseLevel(cfg.LogLevel)
	if err != nil {
		return err
	}
	logrus.SetLevel(level)
	klog.SetLogger(logr.Discard())
	annotations.SetAnnotationPrefix(cfg.AnnotationPrefix)
	ctx := context.Background()
	sources, err := source.NewSourceConfig(cfg)
	if err != nil {
		return err
	}
	c := &controller{cfg: cfg}
	if c.source, err = wrappers.Build(ctx, sources); err != nil {
		return err
	}
	memory := inmemory.NewInMemoryProvider(
		inmemory.InMemoryInitZones(cfg.InMemoryZones),
		inmemory.InMemoryWithDomain(endpoint.NewDomainFilter(cfg.DomainFilter)),
	)
	memory.OnRecords = func() { c.listings++ }
	memory.OnApplyChanges = func(context.Context, *plan.Changes) { c.writes++ }
	if c.registry, err = txt.New(cfg, memory); err != nil {
		return err
	}
	if err := c.report(ctx); err != nil {
		return err
	}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		if err := c.report(ctx); err != nil {
			return err
		}
	}
	return lines.Err()
}

func (c *controller) report(ctx context.Context) error {
	from := time.Now()
	changes, err := c.pass(ctx)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(done{
		Created:  len(changes.Create),
		Updated:  len(changes.UpdateNew),
		Deleted:  len(changes.Delete),
		Listings: c.listings,
		Writes:   c.writes,
		TookMs:   float64(time.Since(from).Microseconds()) / 1000,
	})
}

// pass lists the zone, computes what shall be, compares, and writes: the steps of its controller.
func (c *controller) pass(ctx context.Context) (*plan.Changes, error) {
	current, err := c.registry.Records(ctx)
	if err != nil {
		return nil, err
	}
	ctx = context.WithValue(ctx, provider.RecordsContextKey, current)
	desired, err := c.source.Endpoints(ctx)
	if err != nil {
		return nil, err
	}
	if desired, err = c.registry.AdjustEndpoints(desired); err != nil {
		return nil, err
	}
	calculated := (&plan.Plan{
		Policies:       []plan.Policy{plan.Policies[c.cfg.Policy]},
		Current:        current,
		Desired:        desired,
		DomainFilter:   endpoint.MatchAllDomainFilters{endpoint.NewDomainFilter(c.cfg.DomainFilter), c.registry.GetDomainFilter()},
		ManagedRecords: c.cfg.ManagedDNSRecordTypes,
		OwnerID:        c.registry.OwnerID(),
	}).Calculate()
	if !calculated.Changes.HasChanges() {
		return calculated.Changes, nil
	}
	return calculated.Changes, c.registry.ApplyChanges(ctx, calculated.Changes)
}
