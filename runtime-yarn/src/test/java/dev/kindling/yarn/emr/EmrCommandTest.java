package dev.kindling.yarn.emr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.driver.cli.Main;
import dev.kindling.util.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is printed is run by a shell, with an {@code aws} that writes down how it was called. */
class EmrCommandTest {
    /** One record a call, its words behind a unit separator each; copies between files and a directory that is S3. */
    private static final String AWS = """
        #!/bin/sh
        { for word in "$@"; do printf '%s\\037' "$word"; done; printf '\\036'; } >>"$CALLS"
        place() { case $1 in s3://*) echo "$STORE/${1#s3://}" ;; *) echo "$1" ;; esac }
        case "$1 $2" in
            "s3 cp")
                [ "$3" != --quiet ] || shift
                from=$(place "$3") to=$(place "$4")
                if [ "$to" = - ]; then cat "$from"; else mkdir -p "$(dirname "$to")" && cp "$from" "$to"; fi ;;
            "emr create-cluster") echo j-2AXXXXXXGAPLF ;;
            "emr add-steps") echo s-1 ;;
            "emr describe-step") echo "$STATE" ;;
            "ec2 describe-subnets") echo vpc-1 ;;
        esac
        """;

    private static final String PLACE = "--region eu-central-1 --work s3://bucket/dir ";
    private static final String CLUSTER =
            "emr cluster " + PLACE + "--account 123456789012 --subnet subnet-1 --distribution runtime.tar.gz ";
    private static final String STEP = "emr step " + PLACE + "--cluster-id j-1 ";

    /** Of this module, whoever runs the test. */
    private static final Path MODULE =
            Files.isDirectory(Path.of("runtime-yarn")) ? Path.of("runtime-yarn") : Path.of("");

    @TempDir
    Path directory;

    /** How a command ended, and what it printed. */
    private record Said(int exitCode, String out, String err) {}

    private static Said kindling(String... arguments) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        ByteArrayOutputStream complained = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(complained, true, StandardCharsets.UTF_8));
        try {
            int exitCode = Main.run(arguments);
            return new Said(
                    exitCode, printed.toString(StandardCharsets.UTF_8), complained.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }

    private static String printedBy(String... arguments) {
        Said said = kindling(arguments);
        assertEquals(0, said.exitCode(), said::err);
        return said.out();
    }

    /** Runs the script with the {@code aws} above, to its good end; its output. */
    private String run(String... command) throws IOException, InterruptedException {
        Path output = directory.resolve("output");
        assertEquals(0, exitCodeOf("COMPLETED", command), () -> read(output));
        return read(output);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Of the script, when steps end so. */
    private int exitCodeOf(String state, String... command) throws IOException, InterruptedException {
        Path aws = Files.createDirectories(directory.resolve("bin")).resolve("aws");
        Files.writeString(aws, AWS);
        Files.setPosixFilePermissions(aws, PosixFilePermissions.fromString("rwx------"));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile());
        builder.environment().put("PATH", aws.getParent() + ":" + System.getenv("PATH"));
        builder.environment().put("CALLS", directory.resolve("calls").toString());
        builder.environment().put("STORE", directory.resolve("s3").toString());
        builder.environment().put("STATE", state);
        builder.environment().put("TMPDIR", directory.toString());
        Process process = builder.start();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "the script does not end");
        return process.exitValue();
    }

    private List<List<String>> calls() throws IOException {
        return Arrays.stream(Files.readString(directory.resolve("calls")).split("\036"))
                .map(call -> List.of(call.split("\037")))
                .toList();
    }

    private List<String> call(String second) throws IOException {
        List<List<String>> found =
                calls().stream().filter(call -> call.get(1).equals(second)).toList();
        assertEquals(1, found.size(), () -> second + ": " + found);
        return found.get(0);
    }

    private static String after(List<String> words, String option) {
        return words.get(words.indexOf(option) + 1);
    }

    @Test
    void clusterIsMadeWithRolesThatMayDoWhatIsSaidAndNothingElse() throws Exception {
        Files.writeString(directory.resolve("runtime.tar.gz"), "the runtime");

        run("sh", "-euc", printedBy((CLUSTER + "--task 3 --spot --read s3://input/a --write s3://output").split(" ")));

        assertEquals("the runtime", Files.readString(directory.resolve("s3/bucket/dir/kindling.tar.gz")));
        List<String> policies = new ArrayList<>();
        for (List<String> call : calls()) {
            if (call.contains("--policy-document")) {
                Map<?, ?> policy = (Map<?, ?>) Json.parse(after(call, "--policy-document"));
                for (Object statement : (List<?>) policy.get("Statement")) {
                    policies.add(after(call, "--role-name") + " " + after(call, "--policy-name") + " "
                            + ((Map<?, ?>) statement).get("Resource"));
                }
            }
        }
        assertEquals(
                List.of(
                        "kindling-emr pass-role arn:aws:iam::123456789012:role/kindling-nodes",
                        "kindling-nodes work [arn:aws:s3:::bucket]",
                        "kindling-nodes work [arn:aws:s3:::bucket/dir, arn:aws:s3:::bucket/dir/*]",
                        "kindling-nodes work [arn:aws:s3:::bucket]",
                        "kindling-nodes read-0 [arn:aws:s3:::input]",
                        "kindling-nodes read-0 [arn:aws:s3:::input/a, arn:aws:s3:::input/a/*]",
                        "kindling-nodes write-0 [arn:aws:s3:::output]",
                        "kindling-nodes write-0 [arn:aws:s3:::output/*]",
                        "kindling-nodes write-0 [arn:aws:s3:::output]"),
                policies);
        List<String> create = call("create-cluster");
        List<?> groups = (List<?>) Json.parse(after(create, "--instance-groups"));
        assertEquals(
                List.of("MASTER 1 null", "CORE 2 null", "TASK 3 OnDemandPrice"),
                groups.stream()
                        .map(group -> (Map<?, ?>) group)
                        .map(group -> group.get("InstanceGroupType") + " " + group.get("InstanceCount") + " "
                                + group.get("BidPrice"))
                        .toList());
        assertTrue(
                after(create, "--configurations").contains("\"yarn.node-labels.enabled\":\"true\""), create::toString);
        assertEquals("vpc-1", call("create-tags").get(call("create-tags").indexOf("--resources") + 2));
    }

    @Test
    void releasesThatLabelCoreNodesThemselvesAreNotToldTo() {
        String printed = printedBy((CLUSTER + "--task 1 --release emr-5.36.0").split(" "));

        assertTrue(!printed.contains("node-labels") && printed.contains("emr-5.36.0"), printed);
    }

    @Test
    void cleanupNamesEveryRoleAndPolicyThatWasMade() throws Exception {
        String places = " --read s3://input/a --read s3://input/b --write s3://output";
        Files.writeString(directory.resolve("runtime.tar.gz"), "the runtime");
        run("sh", "-euc", printedBy((CLUSTER + places.strip()).split(" ")));
        List<String> made = policiesOf("put-role-policy");
        Files.delete(directory.resolve("calls"));

        run("sh", "-euc", printedBy(("emr cleanup " + PLACE + "--cluster-id j-1" + places).split(" ")));

        assertEquals(made, policiesOf("delete-role-policy"));
        assertEquals("kindling-nodes", after(call("delete-instance-profile"), "--instance-profile-name"));
        assertEquals(after(call("terminate-clusters"), "--cluster-ids"), after(call("wait"), "--cluster-id"));
    }

    private List<String> policiesOf(String call) throws IOException {
        return calls().stream()
                .filter(words -> words.get(1).equals(call))
                .map(words -> after(words, "--role-name") + " " + after(words, "--policy-name"))
                .sorted()
                .toList();
    }

    @Test
    void wordsReachTheProgramAsTheyWereGivenThroughThreeShells() throws Exception {
        List<String> nasty = List.of("it's \"one\" word", "$HOME `id` \\ $(id)", "*", "a\nb", "", "-x", "ü\t{}");
        Path launcher = directory.resolve("kindling-1/bin/kindling");
        Files.createDirectories(launcher.getParent());
        Files.writeString(launcher, """
            #!/bin/sh
            "$JAVA_HOME/bin/java"
            cat program/jar/my\\ app.jar program/files0/more
            printf '[%s]\\n' "$HADOOP_CONF_DIR" "$@"
            """);
        Path java = directory.resolve("a-jdk/bin/java");
        Files.createDirectories(java.getParent());
        Files.writeString(java, "#!/bin/sh\necho a Java of its own\n");
        for (Path program : List.of(launcher, java)) {
            Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        }
        Files.createDirectories(directory.resolve("s3/bucket/dir"));
        run("tar", "-czf", "s3/bucket/dir/kindling.tar.gz", "kindling-1");
        run("tar", "-czf", "java.tgz", "a-jdk");
        Files.writeString(directory.resolve("my app.jar"), "the jar\n");
        Files.writeString(directory.resolve("more"), "a file\n");
        // The log that EMR would have written.
        Path log = directory.resolve("s3/bucket/dir/logs/j-1/steps/s-1/stderr.gz");
        Files.createDirectories(log.getParent());
        run("sh", "-c", "echo its log | gzip >" + log);
        List<String> command = new ArrayList<>(List.of((STEP + "--java-archive java.tgz --files more").split(" ")));
        command.addAll(List.of("--class", "C", "--conf", "kindling.app.name=a 'b'", "my app.jar", "--"));
        command.addAll(nasty);

        String shown = run("sh", "-euc", printedBy(command.toArray(String[]::new)));

        assertTrue(shown.contains("its log\n"), shown);
        List<?> steps = (List<?>) Json.parse(after(call("add-steps"), "--steps"));
        Map<?, ?> step = (Map<?, ?>) steps.get(0);
        assertEquals("command-runner.jar", step.get("Jar"));
        String[] words =
                ((List<?>) step.get("Args")).stream().map(String.class::cast).toArray(String[]::new);
        List<String> expected = new ArrayList<>(List.of("/etc/hadoop/conf", "submit", "--master", "yarn"));
        expected.addAll(List.of("--name", "kindling", "--java-archive", "program/java/java.tgz", "--class", "C"));
        expected.addAll(List.of("--deploy-mode", "cluster", "--conf", "kindling.app.name=a 'b'"));
        expected.addAll(List.of("--files", "program/files0/more", "program/jar/my app.jar"));
        expected.addAll(nasty);
        StringBuilder lines = new StringBuilder("a Java of its own\nthe jar\na file\n");
        expected.forEach(word -> lines.append('[').append(word).append("]\n"));
        assertEquals(lines.toString(), run(words));
    }

    @Test
    void stepOnSpotInstancesHasExecutorsAskTheirMachinesAsOftenAsAwsAdvisesOrAsSomebodySays() {
        assertTrue(printedBy((STEP + "--spot a.jar").split(" ")).contains("--conf kindling.executor.spotPollMs=5s "));
        String own = printedBy((STEP + "--spot --conf kindling.executor.spotPollMs=20s a.jar").split(" "));
        assertTrue(own.contains("--conf kindling.executor.spotPollMs=20s "), own);
        assertFalse(own.contains("=5s"), own);
        assertFalse(printedBy((STEP + "a.jar").split(" ")).contains("spotPollMs"));
    }

    @Test
    void scriptOfAStepFailsWithItAlsoWhenItsLogIsNotThereYet() throws Exception {
        Files.writeString(directory.resolve("a.jar"), "the jar\n");
        String[] script = {"sh", "-euc", printedBy((STEP + "a.jar").split(" "))};

        assertEquals(1, exitCodeOf("FAILED", script));
        assertEquals(0, exitCodeOf("COMPLETED", script));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "emr | use one of cluster, step, cleanup",
                "emr step --region eu-central-1 --work bucket --cluster-id j-1 a.jar | give s3://bucket",
                "emr step --region eu-central-1 --work s3://bucket --cluster-id 7 a.jar | that create-cluster printed",
                "emr step --region eu-central-1 --work s3://bucket --cluster-id j-1 --release emr-6.3.0 a.jar | bring"
                        + " a Java 17",
                "emr step --region eu-central-1 --work s3://bucket --cluster-id j-1 --java-archive auto a.jar | make"
                        + " the archive here",
                "emr step --region here --work s3://bucket --cluster-id j-1 a.jar | eu-central-1",
                "emr step --region eu-central-1 --work s3://bucket --cluster-id j-1 --num-executor 4 a.jar |"
                        + " --num-executors",
                "CLUSTER --spot | give --task N",
                "CLUSTER --core 0 | HDFS lies on core nodes",
                "CLUSTER --release 6.3 | give a label such as emr-7",
                "CLUSTER --read s3://b/* | without globs",
                "CLUSTER --idle-minutes 0 | from 1 to 10080",
            })
    void wrongCallsAreAnsweredByOneSentence(String command, String hint) {
        Said said = kindling(command.replace("CLUSTER ", CLUSTER).split(" +"));

        assertEquals(2, said.exitCode());
        assertEquals("", said.out());
        assertEquals(1, said.err().lines().count(), said::err);
        assertTrue(said.err().contains(hint), said::err);
    }

    @Test
    void argumentsThatEmrWouldNotTakeAreRefusedBefore() {
        Said said = kindling((STEP + "a.jar -- " + "x".repeat(10_240)).split(" "));

        assertEquals(2, said.exitCode());
        assertTrue(said.err().contains("EMR takes 10240"), said::err);
    }

    /** Writes them anew with {@code -Dkindling.docs.write=true}. */
    @Test
    void commandsOfTheGuideAreThoseThatArePrinted() throws IOException {
        Path guide = MODULE.resolve("../docs/emr.md");
        String text = Files.readString(guide);
        Matcher part = Pattern.compile("(```sh\nkindling (emr .*)\n```\n\nprints.*\n\n```sh\n)([^`]*)(```)")
                .matcher(text);
        StringBuilder written = new StringBuilder();
        int count = 0;
        while (part.find()) {
            count++;
            String printed = printedBy(part.group(2).split(" "));
            part.appendReplacement(written, Matcher.quoteReplacement(part.group(1) + printed + part.group(4)));
        }
        part.appendTail(written);
        assertEquals(5, count);
        if (Boolean.getBoolean("kindling.docs.write")) {
            Files.writeString(guide, written);
            text = written.toString();
        }

        assertEquals(written.toString(), text, "docs/emr.md is stale: run this test with -Dkindling.docs.write=true");
    }
}
