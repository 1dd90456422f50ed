package dev.weir.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where figures were measured.
 *
 * @param tscGhz rate of the time-stamp counter, which is what a clock means here; NaN where the kernel does not tell
 * @param commit of the program, {@code unknown} outside a Git work tree
 */
public record Machine(
        String cpu, int cores, double tscGhz, String kernel, String jdk, long memoryMegabytes, String commit) {

    static Machine here(Path projectRoot) {
        List<String> cpuinfo = lines("/proc/cpuinfo");
        return new Machine(
                value(cpuinfo, "model name"),
                Runtime.getRuntime().availableProcessors(),
                tscGhz(value(cpuinfo, "bogomips"), value(cpuinfo, "flags")),
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"),
                memoryMegabytes(lines("/proc/meminfo")),
                commit(projectRoot));
    }

    /** Linux on x86 works out BogoMIPS as twice the rate of the time-stamp counter in MHz, which it measured or was told at start. */
    private static double tscGhz(String bogomips, String flags) {
        boolean x86 = (" " + flags + " ").contains(" tsc ");
        return x86 && !bogomips.isEmpty() ? Double.parseDouble(bogomips) / 2000 : Double.NaN;
    }

    public double clocks(double nanos) {
        return nanos * tscGhz;
    }

    String describe() {
        return "%s, %d cores, TSC %.3f GHz (BogoMIPS / 2), %d MB; %s; %s; commit %s"
                .formatted(cpu, cores, tscGhz, memoryMegabytes, kernel, jdk, commit);
    }

    Map<String, Object> facts() {
        var facts = new LinkedHashMap<String, Object>();
        facts.put("cpu", cpu);
        facts.put("cores", cores);
        facts.put("tsc_ghz", tscGhz);
        facts.put("tsc_source", "bogomips / 2 of /proc/cpuinfo");
        facts.put("kernel", kernel);
        facts.put("jdk", jdk);
        facts.put("memory_mb", memoryMegabytes);
        facts.put("commit", commit);
        return facts;
    }

    private static long memoryMegabytes(List<String> meminfo) {
        String total = value(meminfo, "MemTotal").replace(" kB", "");
        return total.isEmpty() ? 0 : Long.parseLong(total) / 1024;
    }

    /** The value of the first line "key : value", empty where there is none. */
    private static String value(List<String> lines, String key) {
        for (String line : lines) {
            int colon = line.indexOf(':');
            if (colon > 0 && line.substring(0, colon).strip().equals(key))
                return line.substring(colon + 1).strip();
        }
        return "";
    }

    private static List<String> lines(String file) {
        try {
            return Files.readAllLines(Path.of(file));
        } catch (IOException e) {
            return List.of();
        }
    }

    private static String commit(Path projectRoot) {
        try {
            Process git = new ProcessBuilder("git", "describe", "--always", "--dirty", "--abbrev=12")
                    .directory(projectRoot.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String text =
                    new String(git.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8).strip();
            return git.waitFor() == 0 ? text : "unknown";
        } catch (IOException e) {
            return "unknown";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "unknown";
        }
    }
}
