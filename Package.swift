// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

// Linear algebra comes from the system: LAPACK and BLAS under their generic names on Linux, so that
// any implementation the machine has chosen serves, and Accelerate on Apple platforms. The system
// library target exists only on Linux because SwiftPM asks pkg-config for it even when it is unused.
#if os(Linux)
  let lapackTargets: [Target] = [
    .systemLibrary(
      name: "CSurvivalLAPACK", pkgConfig: "lapack blas",
      providers: [
        .apt(["liblapack-dev", "libblas-dev"]), .yum(["lapack-devel", "blas-devel"]),
      ])
  ]
  let lapackDependencies: [Target.Dependency] = ["CSurvivalLAPACK"]
#else
  let lapackTargets: [Target] = []
  let lapackDependencies: [Target.Dependency] = []
#endif

let baseSettings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

// Every target above the linear algebra: no pointer without the compiler's objection.
let safeSettings: [SwiftSetting] =
  baseSettings + [.strictMemorySafety(), .treatWarning("StrictMemorySafety", as: .error)]

let package = Package(
  name: "SurvivalKit",
  platforms: [.macOS(.v14)],
  products: [
    .library(name: "SurvivalKit", targets: ["SurvivalKit"]),
    .library(name: "SurvivalPlots", targets: ["SurvivalPlots"]),
    .library(name: "CohortModels", targets: ["CohortModels"]),
    .library(name: "CohortReports", targets: ["CohortReports"]),
    .executable(name: "survival", targets: ["SurvivalCLI"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-numerics", from: "1.1.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
  ],
  targets: lapackTargets + [
    .target(name: "CSurvivalKernels"),
    .target(
      name: "SurvivalLinearAlgebra", dependencies: lapackDependencies,
      cSettings: [.define("ACCELERATE_NEW_LAPACK")],
      swiftSettings: baseSettings,
      linkerSettings: [.linkedFramework("Accelerate", .when(platforms: [.macOS]))]),
    .target(
      name: "SurvivalKernels",
      dependencies: [
        "CSurvivalKernels", "SurvivalLinearAlgebra",
        .product(name: "RealModule", package: "swift-numerics"),
      ],
      swiftSettings: baseSettings),
    .target(
      name: "SurvivalKit",
      dependencies: [
        "SurvivalKernels", "SurvivalLinearAlgebra",
        .product(name: "RealModule", package: "swift-numerics"),
      ],
      swiftSettings: safeSettings),
    .target(
      name: "SurvivalPlots", dependencies: ["SurvivalKit"], swiftSettings: safeSettings),
    .target(
      name: "CohortModels", dependencies: ["SurvivalKit"],
      // Compiled in: no bundle has to be found at run time, and no path of this machine is kept.
      resources: [.embedInCode("Resources/bone-marrow-transplant.csv")],
      swiftSettings: safeSettings),
    .target(
      name: "CohortReports", dependencies: ["SurvivalKit", "SurvivalPlots", "CohortModels"],
      swiftSettings: safeSettings),
    .executableTarget(
      name: "SurvivalCLI",
      dependencies: [
        "SurvivalKit", "SurvivalPlots", "CohortModels", "CohortReports",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: safeSettings),
    .testTarget(
      name: "SurvivalLinearAlgebraTests", dependencies: ["SurvivalLinearAlgebra"],
      swiftSettings: baseSettings),
    .testTarget(
      name: "SurvivalKitTests",
      dependencies: [
        "SurvivalKit", "SurvivalPlots", "CohortModels", "CohortReports", "SurvivalKernels",
        "SurvivalLinearAlgebra",
        .product(name: "RealModule", package: "swift-numerics"),
      ],
      resources: [.copy("Fixtures")],
      swiftSettings: baseSettings),
    .target(
      name: "SurvivalTestSupport", path: "Tests/SurvivalTestSupport", swiftSettings: baseSettings),
    .testTarget(
      name: "SurvivalPlotsTests",
      dependencies: ["SurvivalPlots", "SurvivalKit", "CohortModels", "SurvivalTestSupport"],
      swiftSettings: baseSettings),
    .testTarget(
      name: "CohortModelsTests", dependencies: ["CohortModels", "SurvivalKit"],
      resources: [.copy("Fixtures")],
      swiftSettings: baseSettings),
    .testTarget(
      name: "CohortReportsTests",
      dependencies: [
        "CohortReports", "CohortModels", "SurvivalPlots", "SurvivalKit", "SurvivalTestSupport",
      ],
      resources: [.copy("Fixtures")],
      swiftSettings: baseSettings),
    .testTarget(
      name: "SurvivalCLITests", dependencies: ["SurvivalCLI"],
      swiftSettings: baseSettings),
  ]
)
