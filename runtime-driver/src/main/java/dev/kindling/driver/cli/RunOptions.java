package dev.kindling.driver.cli;

import dev.kindling.api.KindlingConf;
import dev.kindling.config.ApplicationKeys;
import dev.kindling.config.Config;
import dev.kindling.config.ExecutorKeys;
import dev.kindling.config.StorageKeys;
import dev.kindling.config.UiKeys;
import dev.kindling.driver.launch.ClusterLauncherProvider;
import dev.kindling.driver.launch.MasterUrl;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where and how an application runs: the options that {@code demo} and {@code submit} share. */
final class RunOptions {
    /** Where the driver lives. */
    enum DeployMode {
        /** In the JVM of this command. */
        client,
        /** In a process of its own, which outlives this command when asked to. */
        cluster
    }

    /** The largest log of a kept run is one of so many that have room together. */
    private static final int LOGS_OF_LARGEST_SIZE = 4;

    /** Of storage whose clients take long to make; alone, or as the value of an option of the program's own. */
    private static final Pattern PATH = Pattern.compile("(?:^|[=,])(s3a?)://");

    static final String DEFAULT_MASTER = "local-cluster[2,1,256]";

    @Option(
            names = "--master",
            paramLabel = "MASTER",
            description = "local[n]: executors in this JVM; local-cluster[executors,cores,memoryMb]: processes; yarn:"
                    + " containers of the cluster that HADOOP_CONF_DIR describes."
                    + " Default: " + DEFAULT_MASTER)
    private String master;

    @Option(
            names = "--deploy-mode",
            paramLabel = "MODE",
            defaultValue = "client",
            description = "client: the driver in this process; cluster: in one of its own. Default: client")
    private DeployMode deployMode;

    @Option(names = "--detach", description = "With --deploy-mode cluster: print the application's id and return.")
    private boolean isDetached;

    @Option(
            names = {"--executors", "--num-executors"},
            paramLabel = "N",
            description = "How many executor processes.")
    private Integer executors;

    @Option(names = "--executor-cores", paramLabel = "N", description = "Tasks at a time in each executor.")
    private Integer executorCores;

    @Option(names = "--executor-memory", paramLabel = "SIZE", description = "Heap of each executor, such as 512m.")
    private String executorMemory;

    @Option(names = "--name", paramLabel = "NAME", description = "What people see the application called.")
    private String name;

    @Option(names = "--conf", paramLabel = "KEY=VALUE", description = "A setting; see kindling config.")
    private Map<String, String> conf = new LinkedHashMap<>();

    @Option(names = "--jars", split = ",", paramLabel = "JAR", description = "More jars for driver and executors.")
    private List<Path> jars = new ArrayList<>();

    @Option(
            names = "--files",
            split = ",",
            paramLabel = "FILE",
            description = "Files for every executor's working directory.")
    private List<Path> files = new ArrayList<>();

    @Mixin
    private YarnOptions yarn = new YarnOptions();

    @Option(
            names = "--page",
            paramLabel = "FILE",
            description = "Write an HTML page that shows the run, when it has ended.")
    private Path page;

    @Option(
            names = "--ui",
            description = "Show the run while it goes on, as a page of this machine whose address is printed.")
    private boolean isShown;

    @Option(names = "--verbose", description = "Show INFO log lines and whole stacks.")
    private boolean isVerbose;

    /** Checks everything that can be checked before anything starts. */
    void check() {
        Failures.setVerbose(isVerbose);
        CliLogging.setVerbose(isVerbose);
        if (isDetached && deployMode != DeployMode.cluster) {
            throw new UsageError("--detach needs --deploy-mode cluster: in client mode the driver is this process");
        }
        if (!yarn.given().isEmpty() && !(parsedMaster() instanceof MasterUrl.Provided)) {
            throw new UsageError(yarn.given() + " mean something on YARN only; use --master yarn or leave them out");
        }
        requirePositive("--executors", executors);
        requirePositive("--executor-cores", executorCores);
        Config.parse(settings(""));
        for (Path jar : jars) {
            requireFile("--jars", jar);
        }
        for (Path file : files) {
            requireFile("--files", file);
        }
    }

    /** Whether a driver process is still to be started; inside it the answer is no. */
    boolean isCluster() {
        return deployMode == DeployMode.cluster && !DetachedApplication.isThisProcess();
    }

    boolean isDetached() {
        return isDetached;
    }

    boolean isVerbose() {
        return isVerbose;
    }

    /** Whether running stages are to be shown. */
    boolean showsProgress() {
        return Config.parse(settings("")).get(UiKeys.PROGRESS);
    }

    List<Path> jars() {
        return List.copyOf(jars);
    }

    List<Path> files() {
        return List.copyOf(files);
    }

    /** Who runs drivers in the cluster of this master; empty when drivers are processes of this machine. */
    Optional<ClusterLauncherProvider> clusterOfDriver() {
        return parsedMaster() instanceof MasterUrl.Provided provided
                ? Optional.of(provided.provider())
                : Optional.empty();
    }

    /**
     * To be called once, before the application starts: makes room among the kept runs, and listens for the pages that
     * are asked for or kept.
     */
    void observe(Terminal terminal) {
        Optional<Path> keptIn = isKept() ? Optional.of(KeptRuns.directory()) : Optional.empty();
        keptIn.ifPresent(directory -> {
            Config config = Config.parse(settings(""));
            KeptRuns.forgetOld(
                    directory,
                    config.get(UiKeys.RUNS_KEPT) - 1,
                    config.get(UiKeys.RUNS_MAX_BYTES) / LOGS_OF_LARGEST_SIZE * (LOGS_OF_LARGEST_SIZE - 1));
        });
        if (page != null || keptIn.isPresent()) {
            new PageFile(Optional.ofNullable(page), keptIn, terminal).listen();
        }
    }

    /** The master with the other options worked in; a {@link UsageError} when they do not fit together. */
    MasterUrl parsedMaster() {
        List<ClusterLauncherProvider> providers = ServiceLoader.load(ClusterLauncherProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
        String text = master != null ? master : conf.getOrDefault(ApplicationKeys.MASTER.name(), DEFAULT_MASTER);
        MasterUrl parsed = MasterUrl.parse(text, providers);
        if (executors == null && executorCores == null && executorMemory == null) {
            return parsed;
        }
        if (parsed instanceof MasterUrl.InProcess) {
            throw new UsageError("--executors, --executor-cores and --executor-memory have no meaning for master '"
                    + text + "', which runs in this JVM; use --master local-cluster[2,1,256] or leave them out");
        }
        if (parsed instanceof MasterUrl.LocalCluster cluster) {
            return MasterUrl.parse(
                    "local-cluster[%d,%d,%d]"
                            .formatted(
                                    executors == null ? cluster.executors() : executors,
                                    executorCores == null ? cluster.cores() : executorCores,
                                    executorMemory == null ? cluster.memoryMb() : megabytes(executorMemory)),
                    providers);
        }
        return parsed;
    }

    /**
     * Has storage made ready for the paths among these words, unless the user said for which; to be called before
     * {@link #settings}.
     */
    void expectPaths(List<String> words) {
        SortedSet<String> schemes = new TreeSet<>();
        for (String word : words) {
            Matcher path = PATH.matcher(word);
            if (path.find()) {
                schemes.add(path.group(1));
            }
        }
        if (!schemes.isEmpty()) {
            conf.putIfAbsent(StorageKeys.PREPARE.name(), String.join(",", schemes));
        }
    }

    /** What the options say, as settings, and where the run is kept. */
    Map<String, String> settings(String defaultName) {
        Map<String, String> settings = givenSettings(defaultName);
        if (isKept()) {
            settings.put(StorageKeys.EVENT_LOG_DIR.name(), KeptRuns.directory().toString());
            settings.putIfAbsent(
                    StorageKeys.EVENT_LOG_MAX_BYTES.name(),
                    String.valueOf(Config.parse(settings).get(UiKeys.RUNS_MAX_BYTES) / LOGS_OF_LARGEST_SIZE));
        }
        return settings;
    }

    /** Unless the user has another place for event logs, or wants none of it. */
    boolean isKept() {
        Config config = Config.parse(givenSettings(""));
        return config.get(UiKeys.RUNS_KEPT) > 0
                && config.get(StorageKeys.EVENT_LOG_DIR).isEmpty()
                && KeptRuns.isWritable(KeptRuns.directory());
    }

    private Map<String, String> givenSettings(String defaultName) {
        Map<String, String> settings = new LinkedHashMap<>(conf);
        MasterUrl parsed = parsedMaster();
        settings.put(ApplicationKeys.MASTER.name(), parsed.text());
        settings.put(
                ApplicationKeys.NAME.name(),
                name != null ? name : conf.getOrDefault(ApplicationKeys.NAME.name(), defaultName));
        if (parsed instanceof MasterUrl.Provided) {
            settings.putAll(yarn.settings());
            putIfGiven(settings, ExecutorKeys.COUNT.name(), executors);
            putIfGiven(settings, ExecutorKeys.CORES.name(), executorCores);
            putIfGiven(settings, ExecutorKeys.MEMORY.name(), executorMemory);
        }
        if (!(parsed instanceof MasterUrl.Provided)) {
            QuickStart.addExecutorArchive(settings);
        }
        if (isShown) {
            settings.put(UiKeys.ENABLED.name(), "true");
        }
        if (!jars.isEmpty()) {
            settings.put(ApplicationKeys.JARS.name(), commaSeparated(jars));
        }
        if (!files.isEmpty()) {
            settings.put(ApplicationKeys.FILES.name(), commaSeparated(files));
        }
        return settings;
    }

    /** Hands the options to a program that makes its own context: a new KindlingConf starts with them. */
    void setAsSystemDefaults(String defaultName) {
        settings(defaultName).forEach(System::setProperty);
    }

    static String commaSeparated(List<Path> paths) {
        return String.join(
                ",",
                paths.stream().map(path -> path.toAbsolutePath().toString()).toList());
    }

    static void requireFile(String option, Path file) {
        if (!Files.isRegularFile(file)) {
            throw new UsageError(option + " names " + file + ", which "
                    + (Files.exists(file) ? "is not a file" : "does not exist") + "; give the path of a readable file");
        }
        if (!Files.isReadable(file)) {
            throw new UsageError(option + " names " + file + ", which cannot be read; give a readable file");
        }
    }

    static void requirePositive(String option, Integer value) {
        if (value != null && value < 1) {
            throw new UsageError(option + " is " + value + "; use a number from 1");
        }
    }

    static long megabytes(String size) {
        long bytes = new KindlingConf(false).set("--executor-memory", size).getSizeAsBytes("--executor-memory", size);
        if (bytes < MasterUrl.MIN_MEMORY_MB << 20) {
            throw new UsageError("--executor-memory is " + size + ", which is less than " + MasterUrl.MIN_MEMORY_MB
                    + " MB; give a unit, such as 256m or 2g");
        }
        return bytes >> 20;
    }

    private static void putIfGiven(Map<String, String> settings, String key, Object value) {
        if (value != null) {
            settings.put(key, value.toString());
        }
    }
}
