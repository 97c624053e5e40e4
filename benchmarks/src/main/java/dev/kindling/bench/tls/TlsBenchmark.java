package dev.kindling.bench.tls;

import dev.kindling.bench.work.Machine;
import dev.kindling.bench.work.Median;
import dev.kindling.rpc.ApplicationCredentials;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Blocks from one process's files to another one's memory, both in one JVM on this machine, and the time a connection
 * takes to be made. Each way has Java processes of its own, in turns.
 *
 * <p>{@code bin/bench tls [rounds] [seconds]}: three rounds of five seconds unless said otherwise.
 */
public final class TlsBenchmark {
    /** How both ends speak. */
    private enum Way {
        IN_THE_CLEAR("in the clear, sent by the kernel"),
        PLATFORM("TLS 1.3 of the platform", "-Dio.netty.handler.ssl.noOpenSsl=true"),
        BORINGSSL("TLS 1.3 of BoringSSL");

        private final String words;
        private final List<String> options;

        Way(String words, String... options) {
            this.words = words;
            this.options = List.of(options);
        }
    }

    private TlsBenchmark() {}

    public static void main(String[] args) throws Exception {
        if (args.length > 0 && args[0].equals("measure")) {
            boolean isEncrypted = Way.valueOf(args[1]) != Way.IN_THE_CLEAR;
            ApplicationCredentials credentials = isEncrypted
                    ? ApplicationCredentials.withCertificate()
                    : ApplicationCredentials.withoutCertificate();
            System.out.println(
                    Transfer.measure(credentials, Integer.parseInt(args[2])).line());
            return;
        }
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 3;
        int seconds = args.length > 1 ? Integer.parseInt(args[1]) : 5;
        Map<Way, List<Transfer.Figures>> figures = new LinkedHashMap<>();
        for (int round = 0; round < rounds; round++) {
            for (Way way : Way.values()) {
                figures.computeIfAbsent(way, w -> new ArrayList<>()).add(inAProcess(way, seconds));
            }
        }
        print(System.out, figures);
    }

    private static Transfer.Figures inAProcess(Way way, int seconds) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.addAll(way.options);
        command.addAll(List.of("-Xmx512m", "-cp", System.getProperty("java.class.path"), TlsBenchmark.class.getName()));
        command.addAll(List.of("measure", way.name(), Integer.toString(seconds)));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (process.waitFor() != 0) {
            throw new IOException("the process for " + way + " ended with exit code " + process.exitValue());
        }
        return Transfer.Figures.of(output.substring(output.lastIndexOf('\n') + 1));
    }

    private static void print(PrintStream out, Map<Way, List<Transfer.Figures>> figures) {
        out.println(Machine.processor() + ", load " + Machine.load() + "; " + Machine.java()
                + "; both ends share the cores");
        out.println("| way | blocks, MB/s (all rounds) | connection, ms | first connection, ms |");
        out.println("|---|---|---|---|");
        figures.forEach((way, measured) -> out.printf(
                Locale.ROOT,
                "| %s | %.0f (%s) | %.2f | %.0f |%n",
                way.words,
                Median.of(measured.stream()
                        .mapToDouble(Transfer.Figures::megabytesPerSecond)
                        .toArray()),
                String.join(
                        ", ",
                        measured.stream()
                                .map(f -> String.format(Locale.ROOT, "%.0f", f.megabytesPerSecond()))
                                .toList()),
                Median.of(measured.stream()
                        .mapToDouble(Transfer.Figures::connectionMs)
                        .toArray()),
                Median.of(measured.stream()
                        .mapToDouble(Transfer.Figures::firstConnectionMs)
                        .toArray())));
    }
}
