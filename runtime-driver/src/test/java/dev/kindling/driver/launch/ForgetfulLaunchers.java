package dev.kindling.driver.launch;

import java.util.List;
import java.util.Map;

/**
 * Executor processes on this machine that are never ended by force, as on a cluster whose nodes cannot be reached: master
 * {@code forgetful-cluster[2,1,64]}. A process that was given up goes on until it learns of it.
 */
public final class ForgetfulLaunchers implements ClusterLauncherProvider {
    private static final String PREFIX = "forgetful-";

    @Override
    public boolean serves(String master) {
        return master.startsWith(PREFIX);
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
        MasterUrl inner = MasterUrl.parse("local-" + master.substring(PREFIX.length()), List.of());
        LocalProcessLauncher processes = new LocalProcessLauncher((MasterUrl.LocalCluster) inner, context);
        return new ClusterLauncher() {
            @Override
            public void start(Listener listener) {
                processes.start(listener);
            }

            @Override
            public void replace(String lostExecutorId) {
                processes.replace(lostExecutorId);
            }

            @Override
            public void release(String executorId, String reason) {
                // It has to find out by itself.
            }

            @Override
            public int totalCores() {
                return processes.totalCores();
            }

            @Override
            public void close() {
                processes.close();
            }
        };
    }
}
