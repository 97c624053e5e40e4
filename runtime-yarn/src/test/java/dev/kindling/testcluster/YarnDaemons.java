package dev.kindling.testcluster;

import dev.kindling.testserver.CommandLoop;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.protocol.HdfsConstants;
import org.apache.hadoop.util.ToolRunner;
import org.apache.hadoop.yarn.api.records.NodeState;
import org.apache.hadoop.yarn.client.api.YarnClient;
import org.apache.hadoop.yarn.client.cli.RMAdminCLI;
import org.apache.hadoop.yarn.conf.YarnConfiguration;

/**
 * A Hadoop cluster of real daemons on one machine: each is a process, and each node has a loopback address of its own, so
 * that nodes are told apart, lost and decommissioned as machines are. {@code core1} and {@code core2} hold files and
 * containers and have the label CORE, which does not exclude; {@code task1} holds containers only, as on EMR. What is asked
 * for in the queue {@code core} is asked for on nodes of that label; the queue {@code default} has none. Needs Linux,
 * where all of 127.0.0.0/8 is this machine. What it says first is the directory of its configuration. Its commands:
 *
 * <pre>
 * kill-node NODE             its daemons and containers end at once, as those of a machine that is gone
 * start-node NODE            starts again what was ended
 * decommission NODE SECONDS  gracefully; the node goes when its containers have ended, or after that time
 * recommission NODE          takes that back
 * restart-resourcemanager    kills and starts it; applications go on
 * address NODE               under which it is known
 * </pre>
 */
public final class YarnDaemons {
    /** The argument that leaves the intervals of heartbeats and expiry as they are delivered: a loss takes ten minutes. */
    static final String STOCK = "--stock";

    /** The argument before a file with the class path of the daemons, for those of another version than this process. */
    static final String DAEMONS = "--daemons";

    private static final String NETWORK = "127.0.41.";
    private static final String MASTER = NETWORK + "1";
    private static final int HDFS_PORT = 8020;
    private static final int NODE_MB = 4096;
    private static final int NODE_CORES = 4;

    /** On a machine that is busy elsewhere; a daemon that has ended is noticed at once. */
    private static final long HEALTHY_WITHIN_S = 600;

    private static final long TELL_WAITING_AFTER_S = 20;

    /** Nodes and their addresses. */
    private static final Map<String, String> NODES =
            new TreeMap<>(Map.of("core1", NETWORK + "11", "core2", NETWORK + "12", "task1", NETWORK + "101"));

    private final Path directory;
    private final boolean isStock;
    private final boolean isByHand;
    private final String classPath;
    private final Map<String, Process> daemons = new LinkedHashMap<>();

    private YarnDaemons(Path directory, boolean isStock, boolean isByHand, String classPath) {
        this.directory = directory;
        this.isStock = isStock;
        this.isByHand = isByHand;
        this.classPath = classPath;
    }

    /**
     * @param args directory of its files; {@code --stock}; {@code --daemons FILE}; {@code --by-hand} for one that runs until
     *     it is interrupted
     */
    public static void main(String[] args) {
        List<String> options = List.of(args).subList(1, args.length);
        boolean isByHand = options.contains(CommandLoop.BY_HAND);
        try {
            YarnDaemons cluster =
                    new YarnDaemons(Path.of(args[0]), options.contains(STOCK), isByHand, classPathOfDaemons(options));
            Runtime.getRuntime().addShutdownHook(new Thread(cluster::kill, "daemons-end"));
            cluster.start();
            if (isByHand) {
                CommandLoop.untilKilled("yarn: ready; export HADOOP_CONF_DIR=" + cluster.configuration()
                        + "; nodes are at http://" + MASTER + ":8088/cluster/nodes");
            }
            CommandLoop.run(cluster.configuration().toString(), new Commands(cluster));
        } catch (Exception | LinkageError e) {
            e.printStackTrace();
            System.exit(1);
        }
    }

    private static String classPathOfDaemons(List<String> options) throws IOException {
        int named = options.indexOf(DAEMONS);
        return named < 0
                ? System.getProperty("java.class.path")
                : Files.readString(Path.of(options.get(named + 1))).strip();
    }

    private record Commands(YarnDaemons cluster) implements CommandLoop.Commands {
        @Override
        public void end() {
            cluster.kill();
        }

        @Override
        public String perform(String[] words) throws Exception {
            switch (words[0]) {
                case "kill-node" -> cluster.killNode(words[1]);
                case "start-node" -> cluster.startNode(words[1]);
                case "decommission" -> {
                    cluster.exclude(NODES.get(words[1]));
                    cluster.administrate("-refreshNodes", "-g", words[2], "-server");
                }
                case "recommission" -> {
                    cluster.exclude("");
                    cluster.administrate("-refreshNodes");
                    cluster.startNode(words[1]);
                }
                case "restart-resourcemanager" -> {
                    cluster.kill("resourcemanager");
                    cluster.beginResourceManager();
                    cluster.awaitNodes(0);
                }
                case "address" -> {
                    return NODES.get(words[1]);
                }
                default -> throw new IllegalArgumentException("no such command");
            }
            return "";
        }
    }

    // ---- its life ---------------------------------------------------------------------------------------------------

    private Path configuration() {
        return directory.resolve("conf");
    }

    private void start() throws Exception {
        // The published jars have no web pages of HDFS, and its daemons want a directory for them.
        Files.createDirectories(directory.resolve("web/webapps/hdfs"));
        Files.createDirectories(directory.resolve("web/webapps/datanode"));
        exclude("");
        configure(configuration(), Map.of());
        for (Map.Entry<String, String> node : NODES.entrySet()) {
            configure(confOf(node.getKey()), settingsOf(node.getKey(), node.getValue()));
        }
        // It needs no files of HDFS, so both come up at the same time.
        beginResourceManager();
        Process format =
                daemon("format", configuration(), 256, "hdfs.server.namenode.NameNode", "-format", "-nonInteractive");
        if (format.waitFor() != 0) {
            throw new IOException("the NameNode cannot be formatted; see " + directory.resolve("format.log"));
        }
        daemons.remove("format");
        daemon("namenode", configuration(), 256, "hdfs.server.namenode.NameNode");
        for (String node : NODES.keySet()) {
            beginDataNode(node);
        }
        awaitNodes(0);
        // Before NodeManagers come, which say that they have it.
        administrate("-addToClusterNodeLabels", "CORE(exclusive=false)");
        for (String node : NODES.keySet()) {
            beginNodeManager(node);
        }
        awaitFiles();
        awaitNodes(NODES.size());
    }

    private void beginResourceManager() throws IOException {
        daemon("resourcemanager", configuration(), 384, "yarn.server.resourcemanager.ResourceManager");
    }

    private void beginDataNode(String node) throws IOException {
        if (node.startsWith("core")) {
            daemon(node + "-datanode", confOf(node), 192, "hdfs.server.datanode.DataNode");
        }
    }

    private void beginNodeManager(String node) throws IOException {
        daemon(node + "-nodemanager", confOf(node), 256, "yarn.server.nodemanager.NodeManager");
    }

    private void startNode(String node) throws Exception {
        if (!isAlive(node + "-nodemanager")) {
            kill(node + "-datanode");
            beginDataNode(node);
            beginNodeManager(node);
        }
        awaitNode(node);
    }

    private boolean isAlive(String name) {
        Process daemon = daemons.get(name);
        return daemon != null && daemon.isAlive();
    }

    private void killNode(String node) throws InterruptedException {
        List<ProcessHandle> all = new ArrayList<>();
        for (String name : List.of(node + "-nodemanager", node + "-datanode")) {
            Process daemon = daemons.get(name);
            if (daemon != null) {
                // Containers first: their parents know no more of them once these have ended.
                all.addAll(daemon.descendants().toList());
                all.add(daemon.toHandle());
            }
        }
        all.forEach(ProcessHandle::destroyForcibly);
        kill(node + "-nodemanager");
        kill(node + "-datanode");
    }

    private void kill(String name) throws InterruptedException {
        Process daemon = daemons.remove(name);
        if (daemon != null) {
            daemon.destroyForcibly().waitFor();
        }
    }

    private void kill() {
        for (Process daemon : daemons.values()) {
            daemon.descendants().forEach(ProcessHandle::destroyForcibly);
            daemon.destroyForcibly();
        }
    }

    private Process daemon(String name, Path conf, int heapMb, String mainClass, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heapMb + "m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Djava.net.preferIPv4Stack=true",
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "-Dhadoop.log.dir=" + directory,
                "-cp",
                conf + File.pathSeparator + directory.resolve("web") + File.pathSeparator + classPath,
                "org.apache.hadoop." + mainClass));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve(name + ".log").toFile()));
        builder.environment().put("HADOOP_CONF_DIR", conf.toString());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process daemon = builder.start();
        daemons.put(name, daemon);
        return daemon;
    }

    // ---- whether it is well ---------------------------------------------------------------------------------------

    private Configuration client() {
        Configuration settings = new YarnConfiguration();
        // Servers that are not there yet are asked again at once, not after half a minute.
        settings.setInt(YarnConfiguration.RESOURCEMANAGER_CONNECT_RETRY_INTERVAL_MS, 200);
        // And not for long: one that has ended is looked for between the questions.
        settings.setInt(YarnConfiguration.RESOURCEMANAGER_CONNECT_MAX_WAIT_MS, 2_000);
        for (String file : List.of("core-site.xml", "hdfs-site.xml", "yarn-site.xml")) {
            settings.addResource(
                    new org.apache.hadoop.fs.Path(configuration().resolve(file).toUri()));
        }
        return settings;
    }

    private void awaitFiles() throws Exception {
        long cores =
                NODES.keySet().stream().filter(node -> node.startsWith("core")).count();
        try (DistributedFileSystem files = (DistributedFileSystem) FileSystem.newInstance(client())) {
            await(
                    "HDFS",
                    () -> files.getDataNodeStats(HdfsConstants.DatanodeReportType.LIVE).length == cores
                            && !files.isInSafeMode());
            // As an administrator makes it: everybody has a home, nobody else writes to it.
            files.mkdirs(files.getHomeDirectory(), new FsPermission((short) 0755));
            files.setPermission(new org.apache.hadoop.fs.Path("/"), new FsPermission((short) 0755));
        }
    }

    /** As the ResourceManager says, which answers then. */
    private void awaitNodes(int atLeast) throws Exception {
        awaitYarn("YARN", running -> running.size() >= atLeast);
    }

    private void awaitNode(String node) throws Exception {
        awaitYarn(node, running -> running.contains(NODES.get(node)));
    }

    private void awaitYarn(String what, Predicate<List<String>> isWell) throws Exception {
        YarnClient yarn = YarnClient.createYarnClient();
        yarn.init(client());
        yarn.start();
        try {
            await(
                    what,
                    () -> isWell.test(yarn.getNodeReports(NodeState.RUNNING).stream()
                            .map(report -> report.getNodeId().getHost())
                            .toList()));
        } finally {
            yarn.stop();
        }
    }

    private void await(String what, Callable<Boolean> isWell) throws Exception {
        long startNanos = System.nanoTime();
        long toldAfterS = TELL_WAITING_AFTER_S;
        while (!answersThat(isWell)) {
            for (Map.Entry<String, Process> daemon : daemons.entrySet()) {
                if (!daemon.getValue().isAlive()) {
                    throw new IOException(
                            daemon.getKey() + " has ended; see " + directory.resolve(daemon.getKey() + ".log"));
                }
            }
            long waitedS = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startNanos);
            if (waitedS >= toldAfterS && isByHand) {
                System.out.println(
                        "yarn: " + what + " is not well yet, after " + waitedS + " s; its logs are in " + directory);
                toldAfterS += TELL_WAITING_AFTER_S;
            }
            if (waitedS > HEALTHY_WITHIN_S) {
                throw new IOException(
                        what + " is not well after " + HEALTHY_WITHIN_S + " s; see the logs in " + directory);
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    /** One that does not answer yet is not well yet. */
    private static boolean answersThat(Callable<Boolean> isWell) throws Exception {
        try {
            return isWell.call();
        } catch (IOException e) {
            return false;
        }
    }

    // ---- its configuration ----------------------------------------------------------------------------------------

    private void administrate(String... command) throws Exception {
        if (ToolRunner.run(client(), new RMAdminCLI(client()), command) != 0) {
            throw new IOException("the ResourceManager refuses " + String.join(" ", command));
        }
    }

    private void exclude(String address) throws IOException {
        Files.createDirectories(configuration());
        Files.writeString(directory.resolve("exclude"), address);
    }

    private Path confOf(String node) {
        return directory.resolve(node).resolve("conf");
    }

    private Map<String, String> settingsOf(String node, String address) throws IOException {
        Path of = directory.resolve(node);
        Map<String, String> settings = new TreeMap<>(Map.of(
                "yarn.nodemanager.hostname",
                address,
                "yarn.nodemanager.bind-host",
                address,
                "yarn.nodemanager.address",
                address + ":8041",
                "yarn.nodemanager.localizer.address",
                address + ":8040",
                "yarn.nodemanager.webapp.address",
                address + ":8042",
                "yarn.nodemanager.local-dirs",
                of.resolve("local").toString(),
                "yarn.nodemanager.log-dirs",
                of.resolve("logs").toString()));
        if (node.startsWith("core")) {
            settings.put("yarn.nodemanager.node-labels.provider", "config");
            settings.put("yarn.nodemanager.node-labels.provider.configured-node-partition", "CORE");
            // All loopback traffic comes from one address, so DataNodes are told apart by their ports as well.
            int port = 9866 + 10 * (node.charAt(node.length() - 1) - '0');
            settings.put("dfs.datanode.hostname", address);
            settings.put("dfs.datanode.data.dir", of.resolve("data").toUri().toString());
            settings.put("dfs.datanode.address", address + ":" + port);
            settings.put("dfs.datanode.http.address", address + ":9864");
            settings.put("dfs.datanode.ipc.address", address + ":9867");
        }
        return settings;
    }

    private void configure(Path conf, Map<String, String> ofNode) throws IOException {
        Files.createDirectories(conf);
        write(conf.resolve("core-site.xml"), Map.of("fs.defaultFS", "hdfs://" + MASTER + ":" + HDFS_PORT));
        Map<String, String> files = new TreeMap<>(Map.of(
                "dfs.namenode.name.dir", directory.resolve("name").toUri().toString(),
                "dfs.namenode.http-address", MASTER + ":9870",
                "dfs.namenode.rpc-bind-host", MASTER,
                "dfs.namenode.datanode.registration.ip-hostname-check", "false",
                "dfs.client.use.datanode.hostname", "true",
                "dfs.datanode.use.datanode.hostname", "true",
                "dfs.replication", "2",
                "dfs.permissions.enabled", "true"));
        Map<String, String> yarn = new TreeMap<>();
        yarn.put("yarn.resourcemanager.hostname", MASTER);
        yarn.put("yarn.resourcemanager.bind-host", MASTER);
        yarn.put("yarn.scheduler.minimum-allocation-mb", "64");
        yarn.put("yarn.nodemanager.resource.memory-mb", Integer.toString(NODE_MB));
        yarn.put("yarn.nodemanager.resource.cpu-vcores", Integer.toString(NODE_CORES));
        yarn.put("yarn.nodemanager.vmem-check-enabled", "false");
        // Else limits are left to control groups, and without them to nobody.
        yarn.put("yarn.nodemanager.resource.memory.enforced", "false");
        yarn.put("yarn.nodemanager.disk-health-checker.max-disk-utilization-per-disk-percentage", "99.9");
        yarn.put(
                "yarn.resourcemanager.nodes.exclude-path",
                directory.resolve("exclude").toString());
        yarn.put("yarn.resourcemanager.recovery.enabled", "true");
        yarn.put(
                "yarn.resourcemanager.store.class",
                "org.apache.hadoop.yarn.server.resourcemanager.recovery.FileSystemRMStateStore");
        yarn.put(
                "yarn.resourcemanager.fs.state-store.uri",
                directory.resolve("state").toUri().toString());
        yarn.put("yarn.node-labels.enabled", "true");
        yarn.put("yarn.node-labels.configuration-type", "distributed");
        yarn.put(
                "yarn.node-labels.fs-store.root-dir",
                directory.resolve("labels").toUri().toString());
        if (!isStock) {
            files.put("dfs.heartbeat.interval", "1");
            files.put("dfs.namenode.heartbeat.recheck-interval", "5000");
            yarn.put("yarn.nm.liveness-monitor.expiry-interval-ms", "10000");
            yarn.put("yarn.am.liveness-monitor.expiry-interval-ms", "30000");
            yarn.put("yarn.resourcemanager.nodemanagers.heartbeat-interval-ms", "250");
            yarn.put("yarn.nodemanager.container-monitor.interval-ms", "500");
            yarn.put("yarn.resourcemanager.decommissioning-nodes-watcher.poll-interval-secs", "1");
            yarn.put("yarn.resourcemanager.work-preserving-recovery.scheduling-wait-ms", "2000");
        }
        ofNode.forEach((name, value) -> (name.startsWith("dfs.") ? files : yarn).put(name, value));
        write(conf.resolve("hdfs-site.xml"), files);
        write(conf.resolve("yarn-site.xml"), yarn);
        write(conf.resolve("capacity-scheduler.xml"), queues());
    }

    /** In a file of its own, for what Hadoop's jars say of queues is read after yarn-site.xml. */
    private static Map<String, String> queues() {
        Map<String, String> queues = new TreeMap<>();
        queues.put("yarn.scheduler.capacity.root.queues", "default,core");
        for (String queue : List.of("root", "root.default", "root.core")) {
            String share = queue.equals("root") ? "100" : "50";
            queues.put("yarn.scheduler.capacity." + queue + ".capacity", share);
            queues.put("yarn.scheduler.capacity." + queue + ".user-limit-factor", "2");
            queues.put("yarn.scheduler.capacity." + queue + ".accessible-node-labels", "*");
            queues.put("yarn.scheduler.capacity." + queue + ".accessible-node-labels.CORE.capacity", share);
        }
        // Hosts cannot be asked for together with a label; those of this queue have it all the same.
        queues.put("yarn.scheduler.capacity.root.core.default-node-label-expression", "CORE");
        queues.put("yarn.scheduler.capacity.maximum-am-resource-percent", "1.0");
        return queues;
    }

    private static void write(Path file, Map<String, String> values) throws IOException {
        Configuration settings = new Configuration(false);
        values.forEach(settings::set);
        try (OutputStream out = Files.newOutputStream(file)) {
            settings.writeXml(out);
        }
    }
}
