package dev.kindling.driver.launch;

import java.util.List;
import java.util.Map;

/** Executors that never come: master {@code silent}. What its launcher would say is said by the test. */
public final class SilentLaunchers implements ClusterLauncherProvider {
    private static volatile ClusterLauncher.Listener listener;

    /** Of the application that was started last. */
    public static ClusterLauncher.Listener listener() {
        return listener;
    }

    @Override
    public boolean serves(String master) {
        return master.equals("silent");
    }

    @Override
    public List<String> examples() {
        return List.of();
    }

    @Override
    public String driverHost(String master, Map<String, String> settings) {
        return "127.0.0.1";
    }

    @Override
    public int runInCluster(SubmittedProgram program) {
        throw new UnsupportedOperationException("it has no cluster");
    }

    @Override
    public ClusterLauncher launcher(String master, LaunchContext context) {
        return new ClusterLauncher() {
            @Override
            public void start(Listener toTell) {
                listener = toTell;
            }

            @Override
            public void replace(String lostExecutorId) {}

            @Override
            public void release(String executorId, String reason) {}

            @Override
            public int totalCores() {
                return 1;
            }

            @Override
            public void close() {}
        };
    }
}
