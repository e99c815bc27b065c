// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// One suite for each area, in Benchmarks/<name>, where the plugin looks for it.
func suite(_ name: String, product: String = "SurvivalKit") -> Target {
  .executableTarget(
    name: name,
    dependencies: [
      "SeededData",
      .product(name: "Benchmark", package: "benchmark"),
      .product(name: product, package: "SurvivalKit"),
    ],
    path: "Benchmarks/\(name)",
    swiftSettings: settings,
    plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
}

let package = Package(
  name: "SurvivalKitBenchmarks",
  platforms: [.macOS(.v14)],
  dependencies: [
    .package(name: "SurvivalKit", path: ".."),
    .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
  ],
  targets: [
    // Random data that are the same on every machine, for the suites and for the peers.
    .target(
      name: "SeededData",
      dependencies: [.product(name: "SurvivalKit", package: "SurvivalKit")],
      swiftSettings: settings),
    // Writes the data that the peers read, and times our side of the comparison.
    .executableTarget(
      name: "PeerCase",
      dependencies: ["SeededData", .product(name: "SurvivalKit", package: "SurvivalKit")],
      swiftSettings: settings),
    // Times the way of a large synthetic cohort through files and models, stage by stage.
    .executableTarget(
      name: "CohortCase",
      dependencies: [
        .product(name: "SurvivalKit", package: "SurvivalKit"),
        .product(name: "CohortModels", package: "SurvivalKit"),
      ],
      swiftSettings: settings),
    suite("Cox"),
    suite("Curves"),
    suite("CompetingRisks"),
    suite("Tests"),
    suite("Concordance"),
    suite("Residuals"),
    suite("Import", product: "CohortModels"),
  ]
)
