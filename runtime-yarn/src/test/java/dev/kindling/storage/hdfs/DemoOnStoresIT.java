package dev.kindling.storage.hdfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.s3server.S3Server;
import dev.kindling.testcluster.HdfsCluster;
import dev.kindling.testcluster.YarnCluster;
import dev.kindling.testserver.CourseCommands;
import dev.kindling.yarn.ProgramsJar;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The demo as it is packaged: its table is that of the local file, wherever input and output lie and executors run. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class DemoOnStoresIT {
    private static final Path DATA = CourseCommands.REPOSITORY.resolve("data/zipcodes.tsv");
    private static final String BUCKET = "demo";
    private static final String KEY = "AKIADEMOONSTORES";
    private static final String ASKING_KEY = "AKIAWHOASKSFORKEYS01";
    private static final String ISSUED_KEY = "ASIAWHOISGIVENKEYS01";
    private static final String CLUSTER_KEY = "AKIAOFACLUSTERMODE01";
    private static final String CLUSTER_SECRET = "canary-of-cluster-mode";
    /** Of containers. */
    private static final Set<String> LOGS = Set.of("stdout", "stderr", "prelaunch.out", "prelaunch.err");

    private static final String ROLE = "arn:aws:iam::123456789012:role/kindling-test";

    @TempDir
    static Path world;

    private static PackagedKindling kindling;
    private static String table;
    private static List<String> rows;

    @BeforeAll
    static void ofTheLocalFile() throws Exception {
        kindling = new PackagedKindling(world);
        table = demo(Map.of(), DATA.toString(), world.resolve("out").toString());
        try (Stream<Path> files = Files.list(world.resolve("out"))) {
            rows = linesOf(files.filter(file -> file.getFileName().toString().startsWith("part-"))
                    .sorted()
                    .toList());
        }
        assertEquals(913, rows.size());
        assertTrue(table.contains("913 keys of 42049 rows"), table);
    }

    private static List<String> linesOf(List<Path> files) throws IOException {
        List<String> lines = new ArrayList<>();
        for (Path file : files) {
            lines.addAll(Files.readAllLines(file));
        }
        return lines;
    }

    /** What it prints as its result. */
    private static String demo(Map<String, String> variables, String input, String output, String... options)
            throws Exception {
        Path printed = world.resolve("printed");
        kindling.run(
                "bin/kindling demo " + String.join(" ", options) + " --input " + input + " --output " + output + " >"
                        + printed,
                variables);
        return Files.readString(printed);
    }

    @Test
    void onHdfs() throws Exception {
        HdfsCluster cluster = HdfsCluster.shared();
        cluster.tell("put " + DATA + " /demo/zipcodes.tsv");

        assertEquals(table, demo(Map.of(), cluster.uri() + "/demo/zipcodes.tsv", cluster.uri() + "/demo/out"));

        List<String> written = new ArrayList<>();
        try (HdfsStorage storage = new HdfsStorage(new TreeMap<>(), -1)) {
            DistributedFileSystem files = storage.client(cluster.uri()).files();
            for (FileStatus file : files.listStatus(new org.apache.hadoop.fs.Path("/demo/out"))) {
                if (file.getPath().getName().startsWith("part-")) {
                    try (InputStream in = files.open(file.getPath())) {
                        written.addAll(new String(in.readAllBytes(), StandardCharsets.UTF_8)
                                .lines()
                                .toList());
                    }
                }
            }
        }
        assertEquals(rows, written);
    }

    @Test
    void onS3ByExecutorProcessesAndByContainersOfYarnAsWhoTheDriversVariablesSay() throws Exception {
        S3Server server = S3Server.shared();
        server.tell("bucket " + BUCKET);
        server.tell("put " + DATA + " " + BUCKET + " zipcodes.tsv");
        server.tell("user " + KEY + " canary-of-the-demo rw");
        Map<String, String> variables = new TreeMap<>(Map.of(
                "AWS_ENDPOINT_URL_S3",
                server.url(),
                "AWS_ACCESS_KEY_ID",
                KEY,
                "AWS_SECRET_ACCESS_KEY",
                "canary-of-the-demo",
                "AWS_EC2_METADATA_DISABLED",
                "true",
                "HADOOP_CONF_DIR",
                YarnCluster.shared().configuration().toString()));
        server.tell("signers");

        assertEquals(table, demo(variables, "s3://demo/zipcodes.tsv", "s3://demo/processes"));
        assertEquals(
                table,
                demo(
                        variables,
                        "s3://demo/zipcodes.tsv",
                        "s3://demo/containers",
                        "--master yarn --executor-memory 128m"));

        assertEquals(KEY, server.tell("signers"));
        for (String output : List.of("processes", "containers")) {
            Path parts = world.resolve("parts");
            server.tell("get " + BUCKET + " " + output + "/part- " + parts);
            assertEquals(rows, Files.readAllLines(parts));
        }
    }

    /** Nothing of them is in the environment of a container, nor any key in that of the driver. */
    @Test
    void onS3ByContainersOfYarnAsWhoThePropertiesOfTheDriverSay() throws Exception {
        S3Server server = S3Server.shared();
        server.tell("bucket identities");
        server.tell("put " + DATA + " identities zipcodes.tsv");
        server.tell("user " + ASKING_KEY + " canary-of-who-asks rw");
        server.tell("user " + ISSUED_KEY + " canary-of-who-is-given rw");
        String services = server.tell("identities " + ISSUED_KEY);
        String role = "-Daws.endpointUrlSts=" + services + " -Daws.roleArn=" + ROLE;
        Path token = Files.writeString(world.resolve("token"), "web-identity-token");
        Path profiles = Files.writeString(
                world.resolve("profiles"),
                "[profile assumed]\nrole_arn = " + ROLE
                        + "\nsource_profile = base\n[profile base]\naws_access_key_id = " + ASKING_KEY
                        + "\naws_secret_access_key = canary-of-who-asks\n");
        Map<String, String> places = Map.of(
                "instance", "-Daws.ec2MetadataServiceEndpoint=" + services,
                "container",
                        "-Daws.containerCredentialsFullUri=" + services
                                + "/container -Daws.containerAuthorizationToken=container-token",
                "web", role + " -Daws.webIdentityTokenFile=" + token,
                "profile", "-Daws.endpointUrlSts=" + services + " -Daws.profile=assumed -Daws.configFile=" + profiles);
        for (Map.Entry<String, String> place : places.entrySet()) {
            server.tell("signers");
            server.tell("given");
            Map<String, String> variables = Map.of(
                    "KINDLING_JAVA_OPTIONS",
                    "-Xmx256m -XX:TieredStopAtLevel=1 -Daws.endpointUrlS3=" + server.url()
                            + " -Daws.region=eu-central-1 " + place.getValue(),
                    "HADOOP_CONF_DIR",
                    YarnCluster.shared().configuration().toString());

            String printed = demo(
                    variables,
                    "s3://identities/zipcodes.tsv",
                    "s3://identities/" + place.getKey(),
                    "--master yarn --executor-memory 128m");

            assertEquals(table, printed, place.getKey());
            assertEquals(ISSUED_KEY, server.tell("signers"), place.getKey());
            int given = Integer.parseInt(server.tell("given"));
            assertTrue(given > 1, given + " processes have asked " + place.getKey());
        }
    }

    /** The client's variables and properties come to the driver's container and from it to the executors'. */
    @Test
    void onS3ByADriverInTheClusterAndItsExecutorsAsWhoTheClientsVariablesAndPropertiesSay() throws Exception {
        S3Server server = S3Server.shared();
        server.tell("bucket cluster-mode");
        server.tell("put " + DATA + " cluster-mode zipcodes.tsv");
        server.tell("user " + CLUSTER_KEY + " " + CLUSTER_SECRET + " rw");
        server.tell("signers");
        Path result = world.resolve("copied");
        Map<String, String> variables = Map.of(
                "AWS_ACCESS_KEY_ID",
                CLUSTER_KEY,
                "AWS_SECRET_ACCESS_KEY",
                CLUSTER_SECRET,
                "KINDLING_JAVA_OPTIONS",
                "-Xmx256m -XX:TieredStopAtLevel=1 -Daws.endpointUrlS3=" + server.url() + " -Daws.region=eu-central-1",
                "HADOOP_CONF_DIR",
                YarnCluster.shared().configuration().toString());

        String said = kindling.run(
                "bin/kindling submit --master yarn --deploy-mode cluster --executor-memory 128m"
                        + " --conf kindling.executor.count=1 --conf kindling.yarn.driverMemory=128m"
                        + " --class 'org.example.cluster.Programs$Copies' " + ProgramsJar.in(world)
                        + " s3://cluster-mode/zipcodes.tsv s3://cluster-mode/copy " + result,
                variables);

        assertEquals(CLUSTER_KEY, server.tell("signers"));
        String visible = Files.readString(result, StandardCharsets.ISO_8859_1);
        assertTrue(
                visible.startsWith("42049 lines\n"),
                () -> visible.lines().findFirst().orElse("nothing"));
        assertTrue(visible.contains("HADOOP_TOKEN_FILE_LOCATION"), "a container's start was looked at");
        assertFalse(
                visible.contains(CLUSTER_KEY) || visible.contains(CLUSTER_SECRET), "what starts a container has it");
        assertFalse(said.contains(CLUSTER_SECRET), said);
        try (Stream<Path> all = Files.walk(YarnCluster.shared().directory())) {
            for (Path log : all.filter(file -> LOGS.contains(file.getFileName().toString()))
                    .toList()) {
                String text = Files.readString(log, StandardCharsets.ISO_8859_1);
                assertFalse(text.contains(CLUSTER_SECRET), log::toString);
            }
        }
    }
}
