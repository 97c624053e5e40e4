package dev.kindling.driver.cli;

import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import dev.kindling.config.ApplicationKeys;
import dev.kindling.config.ExecutorKeys;
import dev.kindling.config.RpcKeys;
import dev.kindling.config.StorageKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code kindling train}: runs a small job so that Java can note which classes driver and executor load. The start
 * script makes archives of them, from which the next starts take the classes ready for use.
 */
@Command(name = "train", description = "Notes which classes a job needs, for quick starts.", hidden = true)
final class TrainCommand implements Callable<Integer> {
    @Option(names = "--into", required = true, paramLabel = "DIR")
    private Path directory;

    @Override
    public Integer call() throws IOException {
        // Connections between machines are encrypted, those of one machine are not.
        if (!isRun("executor.classes", false) || !isRun("encrypted.classes", true)) {
            return Main.FAILED;
        }
        for (CliCommand command : ServiceLoader.load(CliCommand.class, TrainCommand.class.getClassLoader())) {
            try {
                command.train(directory.resolve("rehearsal"));
            } catch (IOException | RuntimeException e) {
                // An archive without some of its classes is worth having.
                e.printStackTrace();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Main.FAILED;
            }
        }
        return Main.DONE;
    }

    /** A small job, whose executor notes its classes in this file. */
    private boolean isRun(String classes, boolean isEncrypted) throws IOException {
        KindlingConf conf = new KindlingConf(false)
                .set(ApplicationKeys.MASTER.name(), "local-cluster[1,1,128]")
                .set(ApplicationKeys.NAME.name(), "train")
                // As the commands have it, which keep the logs of the last runs.
                .set(
                        StorageKeys.EVENT_LOG_DIR.name(),
                        directory.resolve("events").toString())
                .set(
                        ExecutorKeys.JAVA_OPTIONS.name(),
                        "-XX:DumpLoadedClassList=" + directory.resolve(classes) + ",-Xshare:off")
                .set(RpcKeys.TLS.name(), Boolean.toString(isEncrypted));
        // What the other commands begin with.
        Main.commandLine();
        new RunOptions().check();
        LaunchTime.millisSince();
        try (KindlingContext kindling = new KindlingContext(conf)) {
            long rows = kindling.range(0, 2, 1, 2).count();
            int keys = ZipCount.counts(kindling, Distribution.demoData().toString(), 2, 0)
                    .collect()
                    .size();
            Files.copy(
                    executorClassPath(), directory.resolve("executor.classpath"), StandardCopyOption.REPLACE_EXISTING);
            return keys > 0 && rows == 2;
        }
    }

    /** The file of arguments that the launcher wrote: an archive is only good for this very class path. */
    private static Path executorClassPath() {
        return ProcessHandle.current()
                .children()
                .map(ChaosKill::argumentsOf)
                .filter(ChaosKill::isExecutor)
                .flatMap(List::stream)
                .filter(argument -> argument.startsWith("@"))
                .map(argument -> Path.of(argument.substring(1)))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the command line of the executor is not to be seen"));
    }
}
