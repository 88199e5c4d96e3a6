// Command control-plane runs a real Kubernetes API server, with the etcd it
// stores its objects in, as one process for tests and for throwaway clusters of
// developers. There are no nodes, no kubelets and no controllers in it: what is
// written through the API is exactly what is read back, and nothing else acts on
// it.
//
// Usage:
//
//	control-plane --data-dir DIR [--secure-port N] [--user NAME=USER[,GROUP...]]...
//	              [--stop-on-stdin-close] [--ephemeral] [-- KUBE-APISERVER-FLAGS...]
//
// Everything the server makes up for itself (certificates, tokens, the objects)
// is kept in DIR, and taken from there again by the next start. A client that was
// configured once therefore keeps working over restarts, provided that the port
// is given as well.
//
// Standard output carries one JSON object a line, and nothing else:
//
//	{"ready":true,"server":"https://127.0.0.1:24680",...}   once, see readyMessage
//	{"compactedRevision":321}                                after each SIGUSR1
//
// The logs of the API server and of etcd go to standard error.
//
// Signals: SIGTERM and SIGINT stop the server; a second one ends the process at
// once. SIGUSR1 compacts etcd to its current revision, so that reading the past
// from it fails as it does in a cluster that has been running for a while.
//
// The exit status is 0 after a requested stop, 1 after a failure, 2 after wrong
// usage.
package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/big"
	mathrand "math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/pflag"
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/server/v3/embed"
	"go.etcd.io/etcd/server/v3/storage/wal"
	"k8s.io/apiserver/pkg/util/compatibility"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	basecompatibility "k8s.io/component-base/compatibility"
	logsapi "k8s.io/component-base/logs/api/v1"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"
	"k8s.io/kubernetes/cmd/kube-apiserver/app/options"
)

const (
	// startTimeout bounds the time from the start of etcd until the API server is
	// ready. It takes about a second on an idle machine.
	startTimeout = 2 * time.Minute
	// stopTimeout bounds a graceful stop. Nothing of value is lost when it runs
	// out: etcd recovers from its write-ahead log.
	stopTimeout = 10 * time.Second
	// busyTimeout bounds the wait for a port or a data directory which a process
	// that is just dying still holds.
	busyTimeout = 10 * time.Second

	// Ports for --secure-port 0 come from below the ranges from which operating
	// systems take ephemeral ports (32768 and up on Linux, 49152 and up elsewhere).
	// So no other program is handed the port by chance while a test has the server
	// stopped in order to start it again.
	firstPort = 20000
	lastPort  = 31999

	// Service addresses. Both families, so that dual-stack Services can be made.
	serviceRangeV4   = "10.96.0.0/16"
	serviceRangeV6   = "fd00:10:96::/112"
	firstServiceAddr = "10.96.0.1"
	// advertiseAddr becomes the endpoint of the Service default/kubernetes. The API
	// does not accept a loopback address as an endpoint, and an address of this
	// machine would make the object differ from machine to machine; this one is
	// reserved for documentation. Nothing dials it.
	advertiseAddr = "192.0.2.1"

	etcdSocket = "etcd.sock"
	adminName  = "admin"
	// adminCertificateName is the context of the kubeconfig in which the
	// administrator has a client certificate.
	adminCertificateName = "admin-certificate"
	issuer               = "https://kubernetes.default.svc.cluster.local"
)

// user is one who may talk to the API server.
type user struct {
	// name is how the user is called in the ready message and in the kubeconfig.
	name string
	// username and groups are what the API server takes the user for.
	username string
	groups   []string
}

// users is the value of the repeatable flag --user.
type users []user

func (u *users) String() string { return "" }

// Set adds the user of one NAME=USER[,GROUP...].
func (u *users) Set(text string) error {
	name, identity, found := strings.Cut(text, "=")
	username, groups, hasGroups := strings.Cut(identity, ",")
	if !found || name == "" || username == "" {
		return errors.New("want NAME=USER[,GROUP...]")
	}
	if name == adminName || name == adminCertificateName {
		return fmt.Errorf("the name %q is taken", name)
	}
	added := user{name: name, username: username}
	if hasGroups {
		added.groups = strings.Split(groups, ",")
	}
	*u = append(*u, added)
	return nil
}

// settings is the parsed command line.
type settings struct {
	dataDir          string
	securePort       int
	users            users
	stopOnStdinClose bool
	ephemeral        bool
	// apiServerFlags come after the program's own ones, and so win over them.
	apiServerFlags []string
}

// readyMessage is printed as soon as the server answers requests.
type readyMessage struct {
	Ready  bool   `json:"ready"`
	Server string `json:"server"`
	// Kubeconfig is the path of a file with one context for each user, called by
	// the user's name, and "admin-certificate", which authenticates with a client
	// certificate in place of a token. The current context is "admin".
	Kubeconfig string `json:"kubeconfig"`
	// CA is the path of the certificate (PEM) that signed the server's one.
	CA string `json:"ca"`
	// Tokens has the bearer token of each user, by the user's name.
	Tokens map[string]string `json:"tokens"`
}

func main() {
	settings, err := parseArguments(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "control-plane:", err)
		os.Exit(2)
	}
	err = run(settings)
	if errors.Is(err, errStdinClosed) && settings.ephemeral {
		err = os.RemoveAll(settings.dataDir)
	} else if errors.Is(err, errStdinClosed) || errors.Is(err, errSignal) {
		err = nil
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "control-plane:", err)
		os.Exit(1)
	}
}

func parseArguments(arguments []string) (settings, error) {
	var s settings
	flags := flag.NewFlagSet("control-plane", flag.ExitOnError) // with status 2
	flags.StringVar(&s.dataDir, "data-dir", "", "directory of everything to be kept over a restart; made if missing (required)")
	flags.IntVar(&s.securePort, "secure-port", 0, "port on 127.0.0.1 to serve HTTPS at; 0 picks a free one")
	flags.Var(&s.users, "user", "NAME=USER[,GROUP...]: make a token for USER in these groups; repeatable (the user \"admin\", in system:masters, is always there)")
	flags.BoolVar(&s.stopOnStdinClose, "stop-on-stdin-close", false, "stop when standard input ends, as it does when the process at its other end dies")
	flags.BoolVar(&s.ephemeral, "ephemeral", false, "with --stop-on-stdin-close: remove the data directory after such a stop")
	_ = flags.Parse(arguments)
	s.apiServerFlags = flags.Args()
	if s.dataDir == "" {
		return s, errors.New("--data-dir is required")
	}
	if s.securePort < 0 || s.securePort > 65535 {
		return s, fmt.Errorf("--secure-port %d is not a port", s.securePort)
	}
	absolute, err := filepath.Abs(s.dataDir)
	s.dataDir = absolute
	return s, err
}

// run serves until a signal, the end of standard input, or a failure. It returns
// which of them it was, and never nil.
func run(s settings) error {
	if err := os.MkdirAll(s.dataDir, 0o700); err != nil {
		return err
	}
	lock, err := lockDataDir(s.dataDir)
	if err != nil {
		return err
	}
	defer lock.Close()
	// etcd's socket is named relative to here, because the path of a socket can't
	// be longer than about a hundred bytes, and those of temporary directories can.
	if err := os.Chdir(s.dataDir); err != nil {
		return err
	}

	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	watchSignals(cancel)
	if s.stopOnStdinClose {
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin)
			cancel(errStdinClosed)
		}()
	}

	pki, err := ensurePKI(filepath.Join(s.dataDir, "pki"))
	if err != nil {
		return fmt.Errorf("making certificates: %w", err)
	}
	everyone := append(users{{name: adminName, username: "kubernetes-admin", groups: []string{"system:masters"}}}, s.users...)
	tokenFile := filepath.Join(s.dataDir, "tokens.csv")
	tokens, err := ensureTokens(tokenFile, everyone)
	if err != nil {
		return fmt.Errorf("making tokens: %w", err)
	}
	listener, err := listen(s.securePort)
	if err != nil {
		return err
	}
	// The API server closes it, too; closing twice does no harm.
	defer listener.Close()
	server := "https://" + listener.Addr().String()
	kubeconfig := filepath.Join(s.dataDir, "kubeconfig")
	if err := writeKubeconfig(kubeconfig, server, pki, everyone, tokens); err != nil {
		return fmt.Errorf("writing the kubeconfig: %w", err)
	}

	apiServer, err := configureAPIServer(ctx, listener, pki, tokenFile, s.apiServerFlags)
	if err != nil {
		return fmt.Errorf("configuring kube-apiserver: %w", err)
	}
	etcd, err := startEtcd(ctx, filepath.Join(s.dataDir, "etcd"))
	if err != nil {
		return fmt.Errorf("starting etcd: %w", err)
	}
	defer etcd.Close()

	stopped := make(chan error, 1)
	go func() {
		stopped <- app.Run(ctx, apiServer)
		close(stopped)
	}()

	message := readyMessage{Ready: true, Server: server, Kubeconfig: kubeconfig, CA: pki.caFile, Tokens: tokens}
	if err := attend(ctx, etcd, stopped, message); ctx.Err() == nil {
		return err
	}
	select {
	case <-stopped:
	case <-time.After(stopTimeout):
		fmt.Fprintf(os.Stderr, "control-plane: kube-apiserver did not stop within %v\n", stopTimeout)
	}
	return context.Cause(ctx)
}

// attend prints the message once the server is ready and compacts etcd at each
// SIGUSR1, until ctx ends or something fails.
func attend(ctx context.Context, etcd *embed.Etcd, stopped <-chan error, message readyMessage) error {
	ready := make(chan error, 1)
	go func() { ready <- waitUntilReady(ctx, message) }()
	compact := make(chan os.Signal, 1)
	signal.Notify(compact, syscall.SIGUSR1)
	out := json.NewEncoder(os.Stdout)
	for {
		select {
		case err := <-ready:
			if err == nil {
				err = out.Encode(message)
			}
			if err != nil {
				return err
			}
		case <-compact:
			revision, err := compactEtcd(ctx, etcd)
			if err != nil {
				return fmt.Errorf("compacting etcd: %w", err)
			}
			if err := out.Encode(map[string]int64{"compactedRevision": revision}); err != nil {
				return err
			}
		case err := <-etcd.Err():
			return fmt.Errorf("etcd: %w", err)
		case err := <-stopped:
			return fmt.Errorf("kube-apiserver stopped by itself: %v", err)
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// The two ways to ask for a stop, as run returns them.
var (
	errStdinClosed = errors.New("standard input was closed")
	errSignal      = errors.New("a signal asked to stop")
)

// watchSignals stops the server at the first SIGTERM or SIGINT, and ends the
// process at the second.
func watchSignals(cancel context.CancelCauseFunc) {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT)
	go func() {
		<-signals
		cancel(errSignal)
		<-signals
		os.Exit(1)
	}()
}

// lockDataDir keeps two servers from using one data directory. The kernel drops
// the lock however the process ends.
func lockDataDir(dir string) (*os.File, error) {
	file, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	err = retryWhile(syscall.EWOULDBLOCK, func() error {
		return syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	})
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("another server uses %s: %w", dir, err)
	}
	return file, nil
}

// listen opens the API server's port. The listener is made here and handed over,
// rather than the number alone, so that nobody can take a free port between its
// choice and its use.
func listen(port int) (net.Listener, error) {
	if port != 0 {
		var listener net.Listener
		err := retryWhile(syscall.EADDRINUSE, func() (err error) {
			listener, err = net.Listen("tcp4", fmt.Sprintf("127.0.0.1:%d", port))
			return err
		})
		return listener, err
	}
	var err error
	for range 100 {
		var listener net.Listener
		candidate := firstPort + mathrand.IntN(lastPort-firstPort+1)
		if listener, err = net.Listen("tcp4", fmt.Sprintf("127.0.0.1:%d", candidate)); err == nil {
			return listener, nil
		}
	}
	return nil, fmt.Errorf("no free port from %d to %d: %w", firstPort, lastPort, err)
}

// retryWhile calls attempt until it fails with something else than busy or
// succeeds, for busyTimeout at most. It returns the last outcome.
func retryWhile(busy error, attempt func() error) error {
	for deadline := time.Now().Add(busyTimeout); ; time.Sleep(50 * time.Millisecond) {
		if err := attempt(); !errors.Is(err, busy) || time.Now().After(deadline) {
			return err
		}
	}
}

// startEtcd starts a single member that listens on a Unix socket in the working
// directory only, and waits until it serves.
func startEtcd(ctx context.Context, dir string) (*embed.Etcd, error) {
	// etcd preallocates two log segments, of 64 MB each by default, in every new
	// data directory; tests write a few MB.
	wal.SegmentSizeBytes = 8 << 20

	config := embed.NewConfig()
	config.Dir = dir
	config.ListenClientUrls = []url.URL{{Scheme: "unix", Host: etcdSocket}}
	// A member has to have a peer URL, but one without peers need not listen at it.
	config.ListenPeerUrls = nil
	// A crash of the machine may lose the data; a crash of the process does not.
	config.UnsafeNoFsync = true
	// A lone member's election is over at once, so short ticks only shorten the
	// start.
	config.TickMs = 10
	config.ElectionMs = 100
	config.LogLevel = "error"
	config.LogOutputs = []string{"stderr"}

	etcd, err := embed.StartEtcd(config)
	if err != nil {
		return nil, err
	}
	select {
	case <-etcd.Server.ReadyNotify():
		return etcd, nil
	case err = <-etcd.Err():
	case <-ctx.Done():
		err = context.Cause(ctx)
	case <-time.After(startTimeout):
		err = fmt.Errorf("not ready after %v", startTimeout)
	}
	etcd.Close()
	return nil, err
}

// compactEtcd drops the history before now, and returns the revision of now.
//
// A compaction to some revision still allows a watch to begin with it. To leave out
// the latest change of an object, too, this makes a change of its own, to a key that
// is none of the API server's, and compacts to that.
func compactEtcd(ctx context.Context, etcd *embed.Etcd) (int64, error) {
	put, err := etcd.Server.Put(ctx, &pb.PutRequest{Key: []byte("control-plane/compaction")})
	if err != nil {
		return 0, err
	}
	revision := put.Header.Revision
	_, err = etcd.Server.Compact(ctx, &pb.CompactionRequest{Revision: revision, Physical: true})
	return revision, err
}

// configureAPIServer makes what app.Run wants, out of the flags that a
// kube-apiserver would be started with.
func configureAPIServer(ctx context.Context, listener net.Listener, pki pkiFiles, tokenFile string, extraFlags []string) (options.CompletedOptions, error) {
	none := options.CompletedOptions{}
	serverOptions := options.NewServerRunOptions()
	flags := pflag.NewFlagSet("kube-apiserver", pflag.ContinueOnError)
	for _, section := range serverOptions.Flags().FlagSets {
		flags.AddFlagSet(section)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	err := flags.Parse(append([]string{
		"--etcd-servers=unix://" + etcdSocket,
		"--bind-address=127.0.0.1",
		fmt.Sprintf("--secure-port=%d", port),
		"--advertise-address=" + advertiseAddr,
		"--tls-cert-file=" + pki.serverCertFile,
		"--tls-private-key-file=" + pki.serverKeyFile,
		"--client-ca-file=" + pki.caFile,
		"--token-auth-file=" + tokenFile,
		"--authorization-mode=RBAC",
		"--service-account-issuer=" + issuer,
		"--service-account-key-file=" + pki.serviceAccountKeyFile,
		"--service-account-signing-key-file=" + pki.serviceAccountKeyFile,
		"--service-cluster-ip-range=" + serviceRangeV4 + "," + serviceRangeV6,
		"--allow-privileged=true",
		// Nothing makes the service account "default" of a namespace here, and this
		// plugin would refuse every Pod without it.
		"--disable-admission-plugins=ServiceAccount",
		// A stop first ends the open watches and then closes the connections, rather
		// than wait for clients to end their watches themselves.
		"--shutdown-send-retry-after=true",
		"--shutdown-watch-termination-grace-period=100ms",
	}, extraFlags...))
	if err != nil {
		return none, err
	}
	if flags.NArg() > 0 {
		return none, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	serverOptions.SecureServing.Listener = listener

	if err := serverOptions.GenericServerRunOptions.ComponentGlobalsRegistry.Set(); err != nil {
		return none, err
	}
	gates := compatibility.DefaultComponentGlobalsRegistry.FeatureGateFor(basecompatibility.DefaultKubeComponent)
	if err := logsapi.ValidateAndApply(serverOptions.Logs, gates); err != nil {
		return none, err
	}
	// The API server is a client of itself; its own warnings would fill the log.
	rest.SetDefaultWarningHandler(rest.NoWarnings{})

	completed, err := serverOptions.Complete(ctx)
	if err != nil {
		return none, err
	}
	return completed, errors.Join(completed.Validate()...)
}

// waitUntilReady polls until the server calls itself ready and has made the
// objects of every cluster, which it does shortly before or after. Without the
// latter, what a test finds at its start would be a matter of luck.
func waitUntilReady(ctx context.Context, message readyMessage) error {
	caPEM, err := os.ReadFile(message.CA)
	if err != nil {
		return err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(caPEM)
	client := http.Client{
		Timeout:   10 * time.Second,
		Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}},
	}
	defer client.CloseIdleConnections()

	deadline := time.Now().Add(startTimeout)
	for _, sign := range []struct{ path, content string }{
		{"/readyz", "ok"},
		{"/api/v1/namespaces/kube-system", "Active"},
		// The last of what is made in "default". A graceful stop empties the slice, and
		// the next start fills it again.
		{"/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes", `"addresses"`},
	} {
		for {
			body, err := get(ctx, &client, message.Server+sign.path, message.Tokens[adminName])
			if err == nil && bytes.Contains(body, []byte(sign.content)) {
				break
			}
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			if time.Now().After(deadline) {
				return fmt.Errorf("not ready after %v: %s: %s %v", startTimeout, sign.path, body, err)
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
	return nil
}

// get returns the body of an answer, and an error as well unless its status is 200.
func get(ctx context.Context, client *http.Client, url, token string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = errors.New(response.Status)
	}
	return body, err
}

// ensureTokens returns the token of each user by name, and writes them to the
// file in the form that kube-apiserver reads. Users keep the tokens which an
// earlier start wrote there; names which are no longer asked for lose theirs.
func ensureTokens(file string, everyone users) (map[string]string, error) {
	kept := map[string]string{}
	earlier, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	reader := csv.NewReader(bytes.NewReader(earlier))
	reader.FieldsPerRecord = -1
	records, err := reader.ReadAll()
	if err != nil {
		return nil, err
	}
	for _, record := range records {
		if len(record) >= 3 {
			kept[record[2]] = record[0]
		}
	}

	tokens := map[string]string{}
	var text bytes.Buffer
	writer := csv.NewWriter(&text)
	for _, user := range everyone {
		if tokens[user.name] != "" {
			return nil, fmt.Errorf("two users have the name %q", user.name)
		}
		token := kept[user.name]
		if token == "" {
			random := make([]byte, 16)
			_, _ = rand.Read(random) // never fails
			token = hex.EncodeToString(random)
		}
		tokens[user.name] = token
		// The third field is the user's UID. The name serves as one, which is also how
		// the token is found again above.
		record := []string{token, user.username, user.name}
		if len(user.groups) > 0 {
			record = append(record, strings.Join(user.groups, ","))
		}
		if err := writer.Write(record); err != nil {
			return nil, err
		}
	}
	writer.Flush()
	return tokens, writeFile(file, text.Bytes())
}

// pkiFiles has the paths of the PEM files that the server and its clients need.
type pkiFiles struct {
	caFile                string
	serverCertFile        string
	serverKeyFile         string
	adminCertFile         string
	adminKeyFile          string
	serviceAccountKeyFile string
}

// ensurePKI makes what is missing of the certificates and keys in dir: all or, as
// they sign each other, none.
func ensurePKI(dir string) (pkiFiles, error) {
	files := pkiFiles{
		caFile:                filepath.Join(dir, "ca.crt"),
		serverCertFile:        filepath.Join(dir, "apiserver.crt"),
		serverKeyFile:         filepath.Join(dir, "apiserver.key"),
		adminCertFile:         filepath.Join(dir, "admin.crt"),
		adminKeyFile:          filepath.Join(dir, "admin.key"),
		serviceAccountKeyFile: filepath.Join(dir, "service-account.key"),
	}
	// Written last, so that its presence vouches for the others.
	if _, err := os.Stat(files.caFile); err == nil {
		return files, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return files, err
	}

	now := time.Now()
	template := func(commonName string) *x509.Certificate {
		serial, _ := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
		return &x509.Certificate{
			SerialNumber: serial,
			Subject:      pkix.Name{CommonName: commonName},
			// An hour back, for a clock that is set back a little between two starts.
			NotBefore: now.Add(-time.Hour),
			NotAfter:  now.AddDate(10, 0, 0),
			KeyUsage:  x509.KeyUsageDigitalSignature,
		}
	}

	caKey, err := newKey()
	if err != nil {
		return files, err
	}
	caTemplate := template("control-plane-ca")
	caTemplate.IsCA = true
	caTemplate.BasicConstraintsValid = true
	caTemplate.KeyUsage |= x509.KeyUsageCertSign
	caDER, err := x509.CreateCertificate(rand.Reader, caTemplate, caTemplate, caKey.Public(), caKey)
	if err != nil {
		return files, err
	}
	ca, err := x509.ParseCertificate(caDER)
	if err != nil {
		return files, err
	}

	server := template("kube-apiserver")
	server.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	server.DNSNames = []string{"localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local"}
	server.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1), net.ParseIP(firstServiceAddr)}
	if err := issue(server, ca, caKey, files.serverCertFile, files.serverKeyFile); err != nil {
		return files, err
	}
	admin := template("kubernetes-admin")
	admin.Subject.Organization = []string{"system:masters"} // the group, to Kubernetes
	admin.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	if err := issue(admin, ca, caKey, files.adminCertFile, files.adminKeyFile); err != nil {
		return files, err
	}

	serviceAccountKey, err := newKey()
	if err != nil {
		return files, err
	}
	if err := writeKey(files.serviceAccountKeyFile, serviceAccountKey); err != nil {
		return files, err
	}
	return files, writePEM(files.caFile, "CERTIFICATE", caDER)
}

// issue makes a key, signs a certificate for it, and writes both.
func issue(template, ca *x509.Certificate, caKey *ecdsa.PrivateKey, certFile, keyFile string) error {
	key, err := newKey()
	if err != nil {
		return err
	}
	der, err := x509.CreateCertificate(rand.Reader, template, ca, key.Public(), caKey)
	if err != nil {
		return err
	}
	if err := writeKey(keyFile, key); err != nil {
		return err
	}
	return writePEM(certFile, "CERTIFICATE", der)
}

func newKey() (*ecdsa.PrivateKey, error) {
	return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
}

func writeKey(file string, key *ecdsa.PrivateKey) error {
	// In this form, "EC PRIVATE KEY", kube-apiserver finds the public half as well.
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return err
	}
	return writePEM(file, "EC PRIVATE KEY", der)
}

func writePEM(file, kind string, der []byte) error {
	return writeFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

// writeFile writes a file that is never seen half written, as everything here may
// be killed at any time and started again on the same directory.
func writeFile(file string, data []byte) error {
	temporary := file + ".tmp"
	if err := os.WriteFile(temporary, data, 0o600); err != nil {
		return err
	}
	return os.Rename(temporary, file)
}

func writeKubeconfig(file, server string, pki pkiFiles, everyone users, tokens map[string]string) error {
	var contents [3][]byte
	for i, path := range []string{pki.caFile, pki.adminCertFile, pki.adminKeyFile} {
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		contents[i] = data
	}
	const clusterName = "control-plane"
	config := clientcmdapi.NewConfig()
	config.Clusters[clusterName] = &clientcmdapi.Cluster{Server: server, CertificateAuthorityData: contents[0]}
	add := func(name string, credentials clientcmdapi.AuthInfo) {
		config.AuthInfos[name] = &credentials
		config.Contexts[name] = &clientcmdapi.Context{Cluster: clusterName, AuthInfo: name}
	}
	add(adminCertificateName, clientcmdapi.AuthInfo{ClientCertificateData: contents[1], ClientKeyData: contents[2]})
	for _, user := range everyone {
		add(user.name, clientcmdapi.AuthInfo{Token: tokens[user.name]})
	}
	config.CurrentContext = adminName
	text, err := clientcmd.Write(*config)
	if err != nil {
		return err
	}
	return writeFile(file, text)
}
