// Runs external-dns with PowerDNS as its only provider: its own command pulls in clients of clouds that nobody serves as modules.
package main

import (
	"context"
	"log"
	"os"
	"time"

	"github.com/sirupsen/logrus"
	"sigs.k8s.io/external-dns/endpoint"
	"sigs.k8s.io/external-dns/pkg/apis/externaldns"
	"sigs.k8s.io/external-dns/pkg/apis/externaldns/validation"
	"sigs.k8s.io/external-dns/plan"
	"sigs.k8s.io/external-dns/provider"
	"sigs.k8s.io/external-dns/provider/pdns"
	"sigs.k8s.io/external-dns/registry"
	"sigs.k8s.io/external-dns/registry/txt"
	"sigs.k8s.io/external-dns/source"
	"sigs.k8s.io/external-dns/source/annotations"
	"sigs.k8s.io/external-dns/source/wrappers"
)

func main() {
	ctx := context.Background()
	cfg := externaldns.NewConfig()
	must(cfg.ParseFlags(os.Args[1:]))
	must(validation.ValidateConfig(cfg))
	level, err := logrus.ParseLevel(cfg.LogLevel)
	must(err)
	logrus.SetLevel(level)
	annotations.SetAnnotationPrefix(cfg.AnnotationPrefix)
	settings, err := source.NewSourceConfig(cfg)
	must(err)
	endpoints, err := wrappers.Build(ctx, settings)
	must(err)
	filter := endpoint.NewDomainFilterWithOptions(endpoint.WithDomainFilter(cfg.DomainFilter))
	server, err := pdns.New(ctx, cfg, filter)
	must(err)
	records, err := txt.New(cfg, server)
	must(err)
	for ; ; time.Sleep(cfg.Interval) {
		if err := synchronize(ctx, cfg, endpoints, records, filter); err != nil {
			log.Print(err)
		}
		if cfg.Once {
			return
		}
	}
}

// One turn of its control loop, as controller.RunOnce has it.
func synchronize(ctx context.Context, cfg *externaldns.Config, from source.Source, to registry.Registry, filter *endpoint.DomainFilter) error {
	current, err := to.Records(ctx)
	if err != nil {
		return err
	}
	ctx = context.WithValue(ctx, provider.RecordsContextKey, current)
	found, err := from.Endpoints(ctx)
	if err != nil {
		return err
	}
	desired, err := to.AdjustEndpoints(found)
	if err != nil {
		return err
	}
	next := (&plan.Plan{
		Policies:       []plan.Policy{plan.Policies[cfg.Policy]},
		Current:        current,
		Desired:        desired,
		DomainFilter:   endpoint.MatchAllDomainFilters{filter, to.GetDomainFilter()},
		ManagedRecords: cfg.ManagedDNSRecordTypes,
		ExcludeRecords: cfg.ExcludeDNSRecordTypes,
		OwnerID:        to.OwnerID(),
	}).Calculate()
	if !next.Changes.HasChanges() {
		return nil
	}
	return to.ApplyChanges(ctx, next.Changes)
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
