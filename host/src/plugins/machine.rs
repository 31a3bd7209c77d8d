//! The machine that plugins run on: wasmtime's engine, the few interfaces that are
//! linked, the threads, and the beat that interrupts a spinning plugin.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::{self, available_parallelism};
use std::time::Duration;

use tokio::runtime::{Handle, Runtime};
use tokio::sync::Semaphore;
use wasmtime::component::{Component, HasData, InstancePre, Linker, ResourceTable};
use wasmtime::{
    Cache, CacheConfig, Config, Enabled, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, Store,
    UpdateDeadline,
};
use wasmtime_wasi::cli::{WasiCli, WasiCliView as _};
use wasmtime_wasi::p2::bindings::{cli, io};
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

use super::budget::{Bounds, Budget};
use super::complexity;
use crate::config::plugins::Limits;

/// How often a running plugin is interrupted for a look at its budget.
const BEAT: Duration = Duration::from_millis(10);
/// Instances of all plugins together. None waits for the network, so few are enough.
const INSTANCES_MAX: u32 = 64;
/// The most that `limits.memory_mb` can be.
pub(super) const MEMORY_MAX_MB: u32 = 256;
/// What one run may hand to the host in all: the bodies of a full list of rings, with room to spare.
const OUTPUT_MAX_BYTES: usize = 16 * 1024 * 1024;
const STDERR_MAX_BYTES: usize = 16 * 1024;
const THREADS_MAX: usize = 4;

/// The interfaces that Rust's std needs to start. Nothing else is linked: the sandbox is absence.
const LINKED: [&str; 10] = [
    "wasi:cli/environment@",
    "wasi:cli/exit@",
    "wasi:cli/stdin@",
    "wasi:cli/stdout@",
    "wasi:cli/stderr@",
    "wasi:cli/terminal-",
    "wasi:io/error@",
    "wasi:io/poll@",
    "wasi:io/streams@",
    // The border's own types; they carry no function.
    "callpanion:plugin/",
];

/// Whether an import of this name is there.
pub(super) fn is_linked(name: &str) -> bool {
    LINKED.iter().any(|prefix| name.starts_with(prefix))
}

/// What the host keeps for one instance.
pub(super) struct Guest {
    table: ResourceTable,
    wasi: WasiCtx,
    bounds: Bounds,
    stderr: MemoryOutputPipe,
}

impl Guest {
    /// What the plugin wrote to stderr, for example where it panicked.
    pub(super) fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.stderr.contents()).into_owned()
    }
}

impl WasiView for Guest {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

struct HasTable;

impl HasData for HasTable {
    type Data<'a> = &'a mut ResourceTable;
}

/// Why a component cannot be made ready.
#[derive(Debug, thiserror::Error)]
pub enum UnfitComponent {
    /// It wants more than is there.
    #[error(
        "the component imports {0}, which no plugin gets: a plugin has no files, clock, random numbers or network \
         of its own (in Rust, a HashMap asks for random numbers: use a BTreeMap)"
    )]
    Imports(String),
    /// It is no component, or not one of the border.
    #[error("the component cannot be used")]
    Wasm(#[source] anyhow::Error),
}

/// Looks into a store whose run is over: tests search the memory of plugins for secrets.
#[cfg(test)]
pub(super) type Onlooker = Arc<dyn Fn(&mut Store<Guest>) + Send + Sync>;

/// One for all plugins.
pub(super) struct Machine {
    engine: Engine,
    linker: Linker<Guest>,
    threads: Option<Runtime>,
    slots: Arc<Semaphore>,
    counts_instructions: bool,
    #[cfg(test)]
    pub(super) onlooker: Option<Onlooker>,
}

impl Machine {
    /// Starts the engine, its threads and its beat. Compiled code is kept in `cache_dir`. Without a number of threads
    /// it is half of the processors, four at most.
    pub(super) fn start(cache_dir: Option<PathBuf>, threads: Option<NonZeroUsize>) -> anyhow::Result<Self> {
        let cache = cache_dir.map(open_cache).transpose()?;
        Self::with(cache, threads, |_| {})
    }

    /// Like `start`, but code is compiled so that it counts its instructions: slower, and the same on every machine.
    pub(super) fn start_counting(cache_dir: Option<PathBuf>, threads: Option<NonZeroUsize>) -> anyhow::Result<Self> {
        let cache = cache_dir.map(open_cache).transpose()?;
        let mut machine = Self::with(cache, threads, |config| {
            config.consume_fuel(true);
        })?;
        machine.counts_instructions = true;
        Ok(machine)
    }

    /// Like `start`, but code is compiled so that `onlooker` can see its memory after each run.
    #[cfg(test)]
    pub(super) fn start_watched(onlooker: Onlooker) -> anyhow::Result<Self> {
        let mut machine = Self::with(None, None, |config| {
            config.guest_debug(true);
        })?;
        machine.onlooker = Some(onlooker);
        Ok(machine)
    }

    fn with(cache: Option<Cache>, threads: Option<NonZeroUsize>, adapt: impl Fn(&mut Config)) -> anyhow::Result<Self> {
        let engine_config = |pooling, cache| {
            let mut config = engine_config(pooling, cache);
            adapt(&mut config);
            config
        };
        let engine = match Engine::new(&engine_config(true, cache.clone())) {
            Ok(engine) => engine,
            // The pool reserves terabytes of addresses; where `ulimit -v` forbids that, do without.
            Err(error) => {
                tracing::warn!(error = %format!("{error:#}"), "no pool for plugin instances; each is allocated");
                Engine::new(&engine_config(false, cache))?
            }
        };
        let linker = link(&engine)?;
        let half = || available_parallelism().map_or(1, NonZeroUsize::get).div_euclid(2).clamp(1, THREADS_MAX);
        let threads = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(threads.map_or_else(half, NonZeroUsize::get))
            .thread_name("plugins")
            .enable_time()
            .build()?;
        let weak = engine.weak();
        thread::Builder::new().name("plugins-beat".to_owned()).spawn(move || {
            while let Some(engine) = weak.upgrade() {
                engine.increment_epoch();
                drop(engine);
                thread::sleep(BEAT);
            }
        })?;
        let slots = Arc::new(Semaphore::new(INSTANCES_MAX as usize));
        Ok(Self {
            engine,
            linker,
            threads: Some(threads),
            slots,
            counts_instructions: false,
            #[cfg(test)]
            onlooker: None,
        })
    }

    /// Compiles a component, and links it to the little that plugins get.
    pub(super) fn prepare(&self, bytes: &[u8]) -> Result<InstancePre<Guest>, UnfitComponent> {
        let unfit = |e: wasmtime::Error| UnfitComponent::Wasm(e.into());
        complexity::check(bytes).map_err(|e| UnfitComponent::Wasm(e.into()))?;
        // `Component::new` takes Wasm only; precompiled code, which would run unchecked, is refused.
        let component = Component::new(&self.engine, bytes).map_err(unfit)?;
        for (name, _) in component.component_type().imports(&self.engine) {
            if !is_linked(name) {
                return Err(UnfitComponent::Imports(name.to_owned()));
            }
        }
        self.linker.instantiate_pre(&component).map_err(unfit)
    }

    /// A fresh store with the plugin's budget; of instructions, where they are counted.
    pub(super) fn store(&self, limits: Limits, instructions: u64) -> wasmtime::Result<Store<Guest>> {
        let stderr = MemoryOutputPipe::new(STDERR_MAX_BYTES);
        let wasi = WasiCtx::builder().stderr(stderr.clone()).build();
        let memory_bytes = usize::try_from(limits.memory_mb).unwrap_or(usize::MAX).saturating_mul(1 << 20);
        let guest = Guest { table: ResourceTable::new(), wasi, bounds: Bounds::new(memory_bytes), stderr };
        let mut store = Store::new(&self.engine, guest);
        store.limiter(|guest| &mut guest.bounds);
        store.set_hostcall_fuel(OUTPUT_MAX_BYTES);
        if self.counts_instructions {
            store.set_fuel(instructions)?;
        }
        store.set_epoch_deadline(1);
        let budget = Budget::of(limits);
        store.epoch_deadline_callback(move |_| {
            if budget.is_spent() {
                return Ok(UpdateDeadline::Interrupt);
            }
            let budget = budget.clone();
            let turn = async move {
                tokio::task::yield_now().await;
                budget.goes_on();
            };
            Ok(UpdateDeadline::YieldCustom(1, Box::pin(turn)))
        });
        Ok(store)
    }

    /// The threads that plugins run on.
    pub(super) fn threads(&self) -> Option<&Handle> {
        self.threads.as_ref().map(Runtime::handle)
    }

    /// The permits for instances.
    pub(super) fn slots(&self) -> &Arc<Semaphore> {
        &self.slots
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        // Waiting for the threads is not allowed where another runtime drops us.
        if let Some(threads) = self.threads.take() {
            threads.shutdown_background();
        }
    }
}

fn open_cache(dir: PathBuf) -> anyhow::Result<Cache> {
    let mut config = CacheConfig::new();
    config.with_directory(std::path::absolute(dir)?);
    Ok(Cache::new(config)?)
}

fn engine_config(pooling: bool, cache: Option<Cache>) -> Config {
    let mut config = Config::new();
    config.epoch_interruption(true).wasm_backtrace_max_frames(NonZeroUsize::new(16)).cache(cache);
    if pooling {
        let mut pool = PoolingAllocationConfig::new();
        pool.total_component_instances(INSTANCES_MAX)
            .total_core_instances(INSTANCES_MAX * 64)
            .total_memories(256)
            .total_tables(1024)
            .table_elements(40_000)
            .total_stacks(INSTANCES_MAX)
            .max_memory_size(MEMORY_MAX_MB as usize * (1 << 20))
            .max_memories_per_component(8)
            .linear_memory_keep_resident(2 << 20)
            .table_keep_resident(64 << 10)
            .max_unused_warm_slots(64)
            // Three times cheaper instances on Linux 6.7 and later.
            .pagemap_scan(Enabled::Auto);
        config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    }
    config
}

fn link(engine: &Engine) -> wasmtime::Result<Linker<Guest>> {
    let mut linker = Linker::new(engine);
    let l = &mut linker;
    io::error::add_to_linker::<Guest, HasTable>(l, |guest| &mut guest.table)?;
    io::poll::add_to_linker::<Guest, HasTable>(l, |guest| &mut guest.table)?;
    io::streams::add_to_linker::<Guest, HasTable>(l, |guest| &mut guest.table)?;
    cli::environment::add_to_linker::<Guest, WasiCli>(l, Guest::cli)?;
    cli::exit::add_to_linker::<Guest, WasiCli>(l, Guest::cli)?;
    cli::stdin::add_to_linker::<Guest, WasiCli>(l, Guest::cli)?;
    cli::stdout::add_to_linker::<Guest, WasiCli>(l, Guest::cli)?;
    cli::stderr::add_to_linker::<Guest, WasiCli>(l, Guest::cli)?;
    cli::terminal_input::add_to_linker::<Guest, WasiCli>(l, Guest::cli)?;
    cli::terminal_output::add_to_linker::<Guest, WasiCli>(l, Guest::cli)?;
    cli::terminal_stdin::add_to_linker::<Guest, WasiCli>(l, Guest::cli)?;
    cli::terminal_stdout::add_to_linker::<Guest, WasiCli>(l, Guest::cli)?;
    cli::terminal_stderr::add_to_linker::<Guest, WasiCli>(l, Guest::cli)?;
    Ok(linker)
}
