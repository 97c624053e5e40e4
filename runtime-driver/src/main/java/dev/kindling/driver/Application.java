package dev.kindling.driver;

import dev.kindling.api.KindlingListener;
import dev.kindling.api.KindlingListener.Event;
import dev.kindling.config.ApplicationKeys;
import dev.kindling.config.Config;
import dev.kindling.config.StorageKeys;
import dev.kindling.config.UiKeys;
import dev.kindling.driver.launch.BroadcastShelf;
import dev.kindling.driver.launch.ClusterLauncherProvider;
import dev.kindling.driver.launch.MasterUrl;
import dev.kindling.driver.launch.Program;
import dev.kindling.driver.ui.PageProxy;
import dev.kindling.driver.ui.UiServer;
import dev.kindling.event.EventBus;
import dev.kindling.event.EventLog;
import dev.kindling.rdd.AccumulatorRegistry;
import dev.kindling.rdd.SharedVariables;
import dev.kindling.serde.RegisteredClasses;
import dev.kindling.storage.Stores;
import java.net.URI;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One application from its start to its end: driver, executors, threads, scratch. Nothing in it is shared with another
 * application of the same JVM. Closing it twice, or from the shutdown hook while it is being closed, does no harm.
 */
final class Application implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Application.class);

    /** The exit code told to listeners when the JVM ends before the context was closed. */
    private static final int JVM_ENDED = 1;

    private final String id;
    private final MasterUrl master;
    private final ApplicationScratch scratch;
    private final EventBus events;
    private final DriverIo io;
    private final Program program;
    private final SharedVariables shared;
    private final Stores stores;
    private final Driver driver;
    private final Cluster cluster;
    private final Thread shutdownHook = new Thread(() -> end(JVM_ENDED), "kindling-shutdown");
    private Optional<URI> uiUri = Optional.empty();
    private boolean isClosed;

    private Application(
            String id,
            MasterUrl master,
            ApplicationScratch scratch,
            EventBus events,
            DriverIo io,
            Program program,
            SharedVariables shared,
            Stores stores,
            Driver driver,
            Cluster cluster) {
        this.id = id;
        this.master = master;
        this.scratch = scratch;
        this.events = events;
        this.io = io;
        this.program = program;
        this.shared = shared;
        this.stores = stores;
        this.driver = driver;
        this.cluster = cluster;
    }

    /**
     * Checks the master, starts everything; what was started is ended again when a later step fails.
     *
     * @param callers loads the program's classes
     */
    static Application start(Config config, ClassLoader callers) {
        for (String warning : config.warnings()) {
            LOG.warn(warning);
        }
        List<ClusterLauncherProvider> providers = new ArrayList<>();
        ServiceLoader.load(ClusterLauncherProvider.class, Application.class.getClassLoader())
                .iterator()
                .forEachRemaining(providers::add);
        MasterUrl master = MasterUrl.parse(config.get(ApplicationKeys.MASTER), providers);
        String id = newId();
        List<KindlingListener> listeners = eventLog(config, id);
        ApplicationScratch scratch = new ApplicationScratch(scratchRoots(config), id);
        EventBus events = new EventBus(listeners);
        DriverIo io = new DriverIo();
        Program program = new Program(callers, scratch.first());
        Stores stores = Stores.open(id, config);
        stores.prepare(config.get(StorageKeys.PREPARE));
        Application application;
        try {
            for (String jar : config.get(ApplicationKeys.JARS)) {
                program.addJar(jar);
            }
            for (String file : config.get(ApplicationKeys.FILES)) {
                program.addFile(file);
            }
            RegisteredClasses.check(config.get(ApplicationKeys.KRYO_CLASSES), program.loader());
            AccumulatorRegistry accumulators = new AccumulatorRegistry(program.loader());
            BroadcastShelf broadcasts = new BroadcastShelf(
                    scratch.first(),
                    program.loader(),
                    master instanceof MasterUrl.InProcess,
                    config.get(StorageKeys.SCRATCH_ENCRYPT));
            Driver driver = new Driver(
                    DriverSetup.of(id, master, program.loader(), config), events, io, accumulators, broadcasts, stores);
            Cluster cluster = new ClusterWiring(id, config, scratch.directories(), program, broadcasts, stores, driver)
                    .cluster(master);
            SharedVariables shared = new SharedVariables(accumulators, new ProgramBroadcasts(broadcasts, driver));
            application = new Application(id, master, scratch, events, io, program, shared, stores, driver, cluster);
        } catch (RuntimeException e) {
            stores.close();
            program.close();
            events.close();
            scratch.close();
            throw e;
        }
        try {
            application.begin(config);
        } catch (RuntimeException e) {
            application.close();
            throw e;
        }
        return application;
    }

    /** Where the run is shown while it goes on. */
    Optional<URI> uiUri() {
        return uiUri;
    }

    private void begin(Config config) {
        Runtime.getRuntime().addShutdownHook(shutdownHook);
        if (config.get(UiKeys.ENABLED)) {
            show(config);
        }
        events.publish(new Event.ApplicationStart(driver.now(), id, config.get(ApplicationKeys.NAME)));
        events.publish(new Event.EnvironmentUpdate(driver.now(), master.text(), config.shown()));
        driver.start(cluster.launcher(), cluster.results());
        cluster.start(driver);
    }

    /** While it goes on; closed after the last event, as every listener. */
    private void show(Config config) {
        Optional<PageProxy> proxy = cluster.launcher().pageProxy();
        UiServer ui = UiServer.start(config.get(UiKeys.PORT), proxy);
        events.add(ui);
        if (proxy.isPresent()) {
            cluster.launcher().shownAt(ui.addressForProxy());
        }
        if (proxy.map(PageProxy::isStartedHere).orElse(true)) {
            // Not the log: what gives access is for those who started the program.
            System.err.println("this run is shown at " + ui.address());
        }
        uiUri = Optional.of(URI.create(ui.address()));
    }

    /** Time of the start in UTC and six random digits, such as {@code 20261122-105530-4f1a2b}. */
    private static String newId() {
        // A formatter would load the time zones of the world: a tenth of a second at every start.
        String time = LocalDateTime.ofEpochSecond(System.currentTimeMillis() / 1_000, 0, ZoneOffset.UTC)
                .truncatedTo(ChronoUnit.SECONDS)
                .toString();
        String seconds = time.length() == 16 ? time + ":00" : time;
        int random = ThreadLocalRandom.current().nextInt(0x10_0000, 0x100_0000);
        return seconds.replace("-", "").replace(":", "").replace('T', '-') + "-" + Integer.toHexString(random);
    }

    private static List<KindlingListener> eventLog(Config config, String applicationId) {
        String directory = config.get(StorageKeys.EVENT_LOG_DIR);
        return directory.isEmpty()
                ? List.of()
                : List.of(EventLog.create(
                        Path.of(directory), applicationId, config.get(StorageKeys.EVENT_LOG_MAX_BYTES)));
    }

    private static List<Path> scratchRoots(Config config) {
        List<String> configured = config.get(StorageKeys.SCRATCH_DIRS);
        List<String> roots = configured.isEmpty() ? List.of(System.getProperty("java.io.tmpdir")) : configured;
        return roots.stream().map(Path::of).toList();
    }

    String id() {
        return id;
    }

    String master() {
        return master.text();
    }

    boolean isLocal() {
        return master instanceof MasterUrl.InProcess;
    }

    Driver driver() {
        return driver;
    }

    Program program() {
        return program;
    }

    EventBus events() {
        return events;
    }

    SharedVariables shared() {
        return shared;
    }

    Stores stores() {
        return stores;
    }

    int totalCores() {
        return cluster.launcher().totalCores();
    }

    /**
     * Ends jobs, executors, threads and files, in this order, within two seconds. A second caller waits for the first:
     * the JVM must not end while the program's own thread is still tidying up.
     */
    @Override
    public void close() {
        end(0);
    }

    private synchronized void end(int exitCode) {
        if (isClosed) {
            return;
        }
        isClosed = true;
        cluster.launcher()
                .ending(
                        exitCode == JVM_ENDED
                                ? Optional.of("the program's process was ended before its context was closed")
                                : driver.failureOfLastJob());
        driver.requestClose();
        cluster.close();
        driver.endLoop();
        io.close();
        stores.close();
        events.publish(new Event.ApplicationEnd(driver.now(), exitCode));
        events.close();
        program.close();
        scratch.close();
        removeShutdownHook();
    }

    private void removeShutdownHook() {
        try {
            Runtime.getRuntime().removeShutdownHook(shutdownHook);
        } catch (IllegalStateException e) {
            // The JVM is ending: the hook is what runs this, or finds it done.
        }
    }
}
